/** The whole pipeline with a fetch that is told what to do, in simulated time. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ExportResultCode } from "@opentelemetry/core";
import { type OtlpExporterOptions, OTLPTraceExporter } from "../../src/otlp/exporters.ts";
import { exported, finishedSpans, soon, turn } from "./helpers.ts";
import { ACCEPTED, REFUSED, rig, SPANS } from "./rig.ts";

const GENEROUS = { timeout: 60_000 };

describe("An exporter in simulated time", () => {
  it("stays within its bound through an hour without collector", GENEROUS, async () => {
    const maxQueueBytes = 300_000;
    const options = { maxQueueBytes, compression: "none" } as const;
    let isAway = true;
    const { clock, recorder, exporter, posted } = rig(
      () => isAway ? REFUSED() : ACCEPTED(),
      options,
    );
    let sent = 0;
    for (let second = 0; second < 3600; second += 10) {
      exporter.export(SPANS, () => {});
      sent += SPANS.length;
      await clock.advance(10_000);
    }
    const { queued, dropped, exported } = exporter.stats();
    assert.equal(exported, 0);
    assert.equal(queued + dropped, sent);
    assert.ok(dropped > 30_000, `${dropped} dropped`);
    // One probe per wait of up to 36 s, not one per payload.
    assert.ok(posted.length < 200, `${posted.length} attempts`);
    const announcements = recorder.drops.length;
    assert.ok(announcements > 10 && announcements <= 361, `${announcements} announcements`);
    // What it kept comes now, each body once.
    posted.length = 0;
    isAway = false;
    const flushed = exporter.forceFlush();
    await clock.advance(40_000);
    await flushed;
    const kept = posted.reduce((sum, bytes) => sum + bytes);
    assert.equal(exporter.stats().exported, queued);
    assert.ok(kept > maxQueueBytes / 2 && kept <= maxQueueBytes, `${kept} bytes were kept`);
  });

  it("delivers what it kept when the collector is back after an hour", GENEROUS, async () => {
    let away = true;
    const { clock, exporter } = rig(() => away ? REFUSED() : Promise.resolve(new Response("{}")));
    for (let i = 0; i < 60; i++) {
      exporter.export(SPANS, () => {});
      await clock.advance(60_000);
    }
    away = false;
    const flushed = exporter.forceFlush({ timeoutMillis: 3_600_000 });
    await clock.advance(60_000);
    await flushed;
    assert.deepEqual(exporter.stats().exported, 6000);
    assert.equal(exporter.stats().dropped, 0);
    await exporter.shutdown();
    assert.equal(clock.pending, 0);
  });

  it("sets no timer once all is delivered", async () => {
    const { clock, exporter } = rig(() => Promise.resolve(new Response("{}")));
    await exported(exporter, SPANS);
    await turn();
    assert.equal(clock.pending, 0);
  });

  it("answers a call when its spans are delivered, and with the error when they are refused", async () => {
    const statuses = [200, 400];
    const { exporter } = rig(() =>
      Promise.resolve(new Response("", { status: statuses.shift() ?? 200 }))
    );
    assert.equal((await exported(exporter, SPANS)).code, ExportResultCode.SUCCESS);
    const refused = await exported(exporter, SPANS);
    assert.equal(refused.code, ExportResultCode.FAILED);
    assert.equal((refused.error as { code?: string }).code, "export_failed");
  });

  it("answers a call after a second although its spans are still on their way", async () => {
    const { clock, exporter } = rig(() => new Promise(() => {}));
    let answers = 0;
    exporter.export(SPANS, () => answers++);
    await clock.advance(999);
    assert.equal(answers, 0);
    await clock.advance(1);
    assert.equal(answers, 1);
    exporter.export(SPANS, () => answers++);
    await turn();
    assert.equal(answers, 2);
    assert.equal(exporter.stats().queued, 200);
  });

  it("ends an attempt at its timeout although fetch does not listen", async () => {
    const { clock, exporter, recorder, posted } = rig(() => new Promise(() => {}), {
      timeoutMillis: 7000,
    });
    exporter.export(SPANS, () => {});
    await soon(() => posted.length === 1);
    await clock.advance(7000);
    assert.deepEqual(recorder.failures.map(({ reason }) => reason), ["timeout"]);
    assert.equal(exporter.stats().queued, 100);
  });

  it("sends single spans together while a request is under way", async () => {
    const waiting: (() => void)[] = [];
    const { exporter, posted } = rig(() =>
      new Promise((resolve) => waiting.push(() => resolve(new Response("{}"))))
    );
    for (const span of SPANS) {
      exporter.export([span], () => {});
      await turn();
    }
    assert.equal(posted.length, 1);
    waiting.shift()!();
    while (waiting.length === 0) await turn();
    assert.equal(posted.length, 2);
    waiting.shift()!();
    await exporter.shutdown();
    assert.equal(exporter.stats().exported, 100);
  });

  it("has no more requests in flight than it may", async () => {
    let waiting: (() => void)[] = [];
    let most = 0;
    const answer = () =>
      new Promise<Response>((resolve) => waiting.push(() => resolve(new Response("{}"))));
    const { exporter } = rig(answer, { concurrencyLimit: 3 });
    for (let i = 0; i < 100; i++) exporter.export(SPANS, () => {});
    const flushed = exporter.forceFlush();
    while (exporter.stats().queued > 0) {
      for (let i = 0; i < 5; i++) await turn();
      most = Math.max(most, waiting.length);
      for (const release of waiting) release();
      waiting = [];
    }
    await flushed;
    assert.equal(most, 3);
    assert.equal(exporter.stats().exported, 10_000);
  });

  it("divides what is larger than a request, and drops and counts a span that is alone", async () => {
    const { exporter, posted, recorder } = rig(() => Promise.resolve(new Response("{}")), {
      maxRequestBytes: 20_000,
      compression: "none",
    });
    const large = finishedSpans(1, { text: "x".repeat(30_000) });
    const result = await exported(exporter, [...SPANS, ...large, ...SPANS]);
    assert.equal(result.code, ExportResultCode.FAILED);
    assert.ok(posted.length > 3 && posted.every((size) => size <= 20_000));
    assert.deepEqual(recorder.droppedByReason, { too_large: 1 });
    assert.equal(exporter.stats().exported, 200);
  });

  it(
    "drops and counts a span of more than 64 MiB, and sends its neighbours",
    GENEROUS,
    async () => {
      const { exporter, posted, recorder } = rig(ACCEPTED, { compression: "none" });
      const large = finishedSpans(1, { text: "x".repeat(65 * 1024 * 1024) });
      await exported(exporter, [SPANS[0]!, ...large, SPANS[1]!]);
      assert.ok(posted.every((size) => size < 1024 * 1024));
      assert.deepEqual(recorder.droppedByReason, { too_large: 1 });
      assert.equal(exporter.stats().exported, 2);
    },
  );

  it("drops and counts a span that JSON cannot hold, and no other", async () => {
    const { exporter, recorder } = rig(() => Promise.resolve(new Response("{}")));
    const [odd] = finishedSpans(1);
    Object.assign(odd!.attributes, { loop: [odd!.attributes] });
    await exported(exporter, [...SPANS, odd!]);
    assert.deepEqual(recorder.droppedByReason, { encoding: 1 });
    assert.equal(exporter.stats().exported, 100);
  });

  it("survives an observer that throws", async () => {
    const fail = () => {
      throw new Error("from outside");
    };
    const observer = { failure: fail, dropped: fail, exported: fail };
    const statuses = [400, 200];
    const { exporter } = rig(
      () => Promise.resolve(new Response("", { status: statuses.shift()! })),
      { observer },
    );
    await exported(exporter, SPANS);
    await exported(exporter, SPANS);
    assert.deepEqual([exporter.stats().exported, exporter.stats().dropped], [100, 100]);
  });

  it("names itself, and the caller's product before it", async () => {
    const agents: (string | null)[] = [];
    const answer = (init: RequestInit) => {
      agents.push(new Headers(init.headers).get("user-agent"));
      return Promise.resolve(new Response("{}"));
    };
    await exported(rig(answer).exporter, SPANS);
    await exported(rig(answer, { userAgent: "bot/2" }).exporter, SPANS);
    assert.match(agents[0]!, /^codex-otel\/\d+\.\d+\.\d+$/);
    assert.match(agents[1]!, /^bot\/2 codex-otel\/\d/);
  });

  const misuse: Record<string, OtlpExporterOptions> = {
    "a url that is none": { url: "localhost:4318" },
    "a timeout of 0": { timeoutMillis: 0 },
    "a queue of NaN bytes": { maxQueueBytes: NaN },
    "a compression that is none": { compression: "zstd" as "gzip" },
    "the options of Node's agents": { httpAgentOptions: {} } as OtlpExporterOptions,
    "fetch and tls at once": { fetch: REFUSED, tls: { ca: "x" } },
  };
  for (const [what, options] of Object.entries(misuse)) {
    it(`throws a TypeError for ${what}`, () => {
      assert.throws(() => new OTLPTraceExporter(options), TypeError);
    });
  }
});
