/** The exporter of platforms where what a request began ends with it, in simulated time. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ExportResultCode } from "@opentelemetry/core";
import type { Clock } from "../../src/otlp/clock.ts";
import { OTLPTraceExporter } from "../../src/otlp/edge_exporters.ts";
import type { OtlpExporterOptions } from "../../src/otlp/exporters.ts";
import type { FetchResponse } from "../../src/otlp/ports.ts";
import { exported, finishedSpans, ManualClock, Recorder, soon, turn } from "./helpers.ts";

/** Timers of a request that has ended never fire. */
class RequestClock extends ManualClock {
  #requests = 0;

  override setTimer(callback: () => void, options: { delayMs: number }): { cancel(): void } {
    const request = this.#requests;
    return super.setTimer(() => {
      if (request === this.#requests) callback();
    }, options);
  }

  /** All requests so far end. */
  endRequests(): void {
    this.#requests += 1;
  }
}

/** A request to the collector, which is answered when the test wants. */
interface Asked {
  spans: number;
  answer(status?: number, headers?: Record<string, string>): void;
}

function rig(options: OtlpExporterOptions = {}) {
  const clock = new RequestClock();
  const observer = new Recorder();
  const asked: Asked[] = [];
  const exporter = new OTLPTraceExporter({
    url: "http://localhost/v1/traces",
    compression: "none",
    clock: clock as Clock,
    observer,
    fetch: (_, { body }) =>
      new Promise<FetchResponse>((resolve) => {
        const spans = new TextDecoder().decode(body).match(/"spanId"/g)?.length ?? 0;
        const answer = (status = 200, headers = {}) =>
          resolve(new Response("{}", { status, headers }));
        asked.push({ spans, answer });
      }),
    ...options,
  });
  return { clock, observer, asked, exporter };
}

/** How a flush ends, which is awaited later. */
function outcome(flush: Promise<void>): Promise<string> {
  return flush.then(() => "done", (error: { code: string }) => error.code);
}

const one = finishedSpans(1);

describe("an exporter whose platform ends what a request began", () => {
  it("answers at once, and sends with the flush and not before", async () => {
    const { clock, asked, exporter } = rig();
    for (let call = 0; call < 3; call++) {
      assert.equal((await exported(exporter, one)).code, ExportResultCode.SUCCESS);
    }
    await clock.advance(60_000);
    assert.equal(asked.length, 0);
    const flushed = outcome(exporter.forceFlush());
    await soon(() => asked.length === 1);
    assert.equal(asked[0]?.spans, 3);
    asked[0]?.answer();
    assert.equal(await flushed, "done");
    assert.deepEqual(exporter.stats(), { exported: 3, queued: 0, dropped: 0 });
    assert.equal(clock.pending, 0);
  });

  it("sends again what was on its way when a request ended, and counts it once", async () => {
    const { clock, asked, exporter } = rig();
    await exported(exporter, one);
    void exporter.forceFlush();
    await soon(() => asked.length === 1);
    clock.endRequests();
    await exported(exporter, one);
    const flushed = outcome(exporter.forceFlush());
    await soon(() => asked.length === 2);
    asked[1]?.answer();
    await clock.advance(5_000);
    assert.equal(asked.length, 3);
    asked[2]?.answer();
    await turn();
    asked[0]?.answer();
    await clock.advance(1_000);
    assert.equal(await flushed, "done");
    assert.deepEqual(exporter.stats(), { exported: 2, queued: 0, dropped: 0 });
  });

  it("does not send what another request is sending, and waits for it", async () => {
    const { clock, asked, exporter } = rig();
    await exported(exporter, one);
    const flushes = [outcome(exporter.forceFlush()), outcome(exporter.forceFlush())];
    await soon(() => asked.length === 1);
    await clock.advance(6_000);
    assert.equal(asked.length, 1);
    asked[0]?.answer();
    await clock.advance(1_000);
    assert.deepEqual(await Promise.all(flushes), ["done", "done"]);
    assert.equal(exporter.stats().exported, 1);
  });

  it("tries one request at a time after a failure, each after a wait", async () => {
    const { clock, asked, exporter, observer } = rig();
    const flushes = [];
    for (let request = 0; request < 3; request++) {
      await exported(exporter, one);
      flushes.push(outcome(exporter.forceFlush()));
    }
    await soon(() => asked.length === 3);
    for (const { answer } of asked) answer(503);
    await clock.advance(900);
    assert.equal(asked.length, 3);
    await clock.advance(3_000);
    assert.equal(asked.length, 4);
    for (let at = 3; at < 6; at++) {
      asked[at]?.answer();
      await clock.advance(1_000);
    }
    assert.deepEqual(await Promise.all(flushes), ["done", "done", "done"]);
    assert.equal(observer.failures.length, 3);
    assert.deepEqual(exporter.stats().exported, 3);
  });

  it("holds no request for a collector that wants to be left alone for long", async () => {
    const { clock, asked, exporter } = rig();
    await exported(exporter, one);
    const first = outcome(exporter.forceFlush());
    await soon(() => asked.length === 1);
    asked[0]?.answer(429, { "retry-after": "600" });
    assert.equal(await first, "export_incomplete");
    for (let request = 0; request < 2; request++) {
      await exported(exporter, one);
      assert.equal(await outcome(exporter.forceFlush()), "export_incomplete");
    }
    await clock.advance(600_000);
    const later = outcome(exporter.forceFlush());
    for (const index of [1, 2]) {
      await soon(() => asked.length > index);
      asked[index]?.answer();
    }
    assert.equal(await later, "done");
    // What could not be sent anyway has waited to travel together.
    assert.deepEqual(asked.map(({ spans }) => spans), [1, 1, 2]);
    assert.equal(exporter.stats().exported, 3);
  });

  it("gives up its flush in time, and keeps the spans", async () => {
    const { clock, asked, exporter } = rig();
    await exported(exporter, one);
    const flushed = outcome(exporter.forceFlush({ timeoutMillis: 300 }));
    await soon(() => asked.length === 1);
    await clock.advance(300);
    assert.equal(await flushed, "export_incomplete");
    assert.equal(exporter.stats().queued, 1);
  });

  it("waits no longer than it may for what another request is sending", async () => {
    const { clock, asked, exporter } = rig();
    await exported(exporter, one);
    const sending = outcome(exporter.forceFlush());
    await soon(() => asked.length === 1);
    const waiting = outcome(exporter.forceFlush({ timeoutMillis: 300 }));
    await clock.advance(400);
    assert.equal(await waiting, "export_incomplete");
    asked[0]?.answer();
    assert.equal(await sending, "done");
  });

  it("drops the oldest beyond its bound, counts and announces them", async () => {
    const { asked, exporter, observer } = rig({ maxQueueBytes: 400_000 });
    const many = finishedSpans(512);
    for (let call = 0; call < 5; call++) await exported(exporter, many);
    const { queued, dropped } = exporter.stats();
    assert.equal(queued + dropped, 5 * 512);
    assert.ok(dropped >= 512 && queued >= 512, `${dropped} dropped, ${queued} queued`);
    const flushed = outcome(exporter.forceFlush());
    for (let at = 0; at < queued / 512; at++) {
      await soon(() => asked.length > at);
      asked[at]?.answer();
    }
    assert.equal(await flushed, "done");
    assert.equal(exporter.stats().exported, queued);
    const announced = observer.drops.reduce((sum, { count }) => sum + count, 0);
    assert.equal(announced, dropped);
    assert.ok(observer.drops.every(({ reason }) => reason === "queue_full"));
  });

  it("shuts down within its time, and refuses what comes after", async () => {
    const { clock, asked, exporter } = rig({ shutdownTimeoutMillis: 2_000 });
    await exported(exporter, one);
    const stopped = outcome(exporter.shutdown());
    await soon(() => asked.length === 1);
    await clock.advance(2_000);
    assert.equal(await stopped, "export_incomplete");
    assert.equal((await exported(exporter, one)).code, ExportResultCode.FAILED);
    assert.deepEqual([exporter.stats().queued, exporter.stats().dropped], [0, 2]);
    assert.equal(await outcome(exporter.shutdown()), "done");
  });

  it("asks for headers anew when the request that asked has ended", async () => {
    let calls = 0;
    const headers = () =>
      ++calls === 1 ? new Promise<never>(() => {}) : Promise.resolve({ authorization: "x" });
    const { clock, asked, exporter } = rig({ headers });
    await exported(exporter, one);
    void exporter.forceFlush();
    await soon(() => calls === 1);
    clock.endRequests();
    const flushed = outcome(exporter.forceFlush());
    await clock.advance(5_000);
    asked[0]?.answer();
    await clock.advance(1_000);
    assert.equal(await flushed, "done");
    assert.equal(exporter.stats().exported, 1);
  });
});
