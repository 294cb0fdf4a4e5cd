import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "node:test";
import { ExportResultCode } from "@opentelemetry/core";
import type { OtlpExporterOptions } from "../../src/otlp/exporters.ts";
import { OTLPTraceExporter } from "../../src/otlp/mod.ts";
import { exported, finishedSpans, QUICK, Recorder, until } from "./helpers.ts";
import { PLANTED, PLANTED_HEADERS, Said } from "./said.ts";
import { type Reply, ScriptedCollector } from "./scripted_collector.ts";

let collector: ScriptedCollector;
let recorder: Recorder;
let said: Said;
let exporters: OTLPTraceExporter[];

function exporterFor(options: OtlpExporterOptions = {}): OTLPTraceExporter {
  const url = `${collector.url}/v1/traces`;
  const headers = PLANTED_HEADERS;
  const exporter = new OTLPTraceExporter({
    ...{ url, headers, observer: recorder, backoff: QUICK },
    ...options,
  });
  exporters.push(exporter);
  return exporter;
}

/** Answers the first requests as listed, then all others with 200. */
function replies(...list: Reply[]): void {
  collector.script = ({ index }) => list[index];
}

/** What was sent is either delivered, and that once, or dropped, and is counted as such. */
function assertBalance(exporter: OTLPTraceExporter, sent: number): void {
  const { exported, queued, dropped } = exporter.stats();
  assert.equal(exported + queued + dropped, sent);
  assert.equal(collector.distinct, exported);
  assert.equal(collector.duplicates, 0);
  assert.equal(recorder.exportedCount, exported);
  const announced = Object.values(recorder.droppedByReason).reduce((sum, count) => sum + count, 0);
  assert.equal(announced, dropped);
}

describe("OTLPTraceExporter against a collector that misbehaves", () => {
  beforeEach(async () => {
    collector = await new ScriptedCollector().listen();
    recorder = new Recorder();
    exporters = [];
    said = new Said();
  });
  afterEach(async () => {
    said.end();
    await collector.close();
    const shown = exporters.map((exporter) => [exporter, exporter.stats()]);
    said.assertNothingOf(PLANTED, [recorder.failures, recorder.drops, ...shown]);
  });

  for (const status of [429, 502, 503, 504]) {
    it(`delivers after a ${status}, once`, async () => {
      replies({ status }, { status });
      const exporter = exporterFor();
      exporter.export(finishedSpans(3), () => {});
      await exporter.shutdown();
      assert.equal(collector.distinct, 3);
      assert.equal(collector.duplicates, 0);
      assert.deepEqual(recorder.failures.map((failure) => failure.status), [status, status]);
      assertBalance(exporter, 3);
    });
  }

  for (const status of [400, 401, 403, 404, 413, 500, 501]) {
    it(`gives up what was refused with ${status}, without another try`, async () => {
      replies({ status, body: '{"code":3,"message":"not like that"}' });
      const exporter = exporterFor();
      const result = await exported(exporter, finishedSpans(2));
      assert.equal(result.code, ExportResultCode.FAILED);
      assert.match(result.error?.message ?? "", new RegExp(`${status}: not like that`));
      await exported(exporter, finishedSpans(5));
      await exporter.shutdown();
      assert.equal(collector.requests.length, 2);
      assert.deepEqual(recorder.droppedByReason, { rejected: 2 });
      assert.equal(exporter.stats().lastError?.status, status);
      assertBalance(exporter, 7);
    });
  }

  it("waits as long as Retry-After says in seconds", async () => {
    let told = 0;
    let heard = 0;
    collector.script = ({ index }) => {
      if (index > 0) heard = Date.now();
      else told = Date.now();
      return index === 0 ? { status: 429, headers: { "retry-after": "2" } } : undefined;
    };
    const exporter = exporterFor();
    exporter.export(finishedSpans(1), () => {});
    await exporter.shutdown();
    assert.equal(collector.requests.length, 2);
    assert.ok(heard - told >= 1990, `the retry came after ${heard - told} ms`);
    assertBalance(exporter, 1);
  });

  it("waits as long as Retry-After says with a date", async () => {
    let until = 0;
    let heard = 0;
    collector.script = ({ index }) => {
      heard = Date.now();
      if (index > 0) return undefined;
      until = Math.ceil(Date.now() / 1000) * 1000 + 1000;
      return { status: 429, headers: { "retry-after": new Date(until).toUTCString() } };
    };
    const exporter = exporterFor();
    exporter.export(finishedSpans(1), () => {});
    await exporter.shutdown();
    assert.ok(heard >= until - 10, `the retry came ${until - heard} ms early`);
    assertBalance(exporter, 1);
  });

  it("delivers after a connection that was reset before the answer", async () => {
    replies("reset", "reset");
    const exporter = exporterFor();
    exporter.export(finishedSpans(4), () => {});
    await exporter.shutdown();
    assert.equal(collector.distinct, 4);
    assert.equal(collector.duplicates, 0);
    assert.deepEqual(recorder.failures.map(({ reason }) => reason), ["connection", "connection"]);
    assertBalance(exporter, 4);
  });

  it("sends again what was taken when the answer was lost, and counts it once", async () => {
    replies("reset_taken");
    const exporter = exporterFor();
    exporter.export(finishedSpans(4), () => {});
    await exporter.shutdown();
    assert.deepEqual([collector.distinct, collector.duplicates], [4, 4]);
    assert.deepEqual(exporter.stats().exported, 4);
    assert.deepEqual(recorder.failures.map(({ reason }) => reason), ["connection"]);
  });

  it("takes a 200 for a yes although the body is reset, and sends nothing twice", async () => {
    replies("reset_midway");
    const exporter = exporterFor();
    exporter.export(finishedSpans(4), () => {});
    await exporter.shutdown();
    assert.equal(collector.distinct, 4);
    assert.equal(collector.duplicates, 0);
    assertBalance(exporter, 4);
  });

  it("takes a 200 for a yes although the body never ends", async () => {
    replies("hang_midway");
    const exporter = exporterFor({ timeoutMillis: 500 });
    exporter.export(finishedSpans(4), () => {});
    await exporter.shutdown();
    assert.equal(collector.duplicates, 0);
    assert.equal(exporter.stats().exported, 4);
    assertBalance(exporter, 4);
  });

  it("gives a request that hangs up after the timeout and tries again", async () => {
    replies("hang");
    const exporter = exporterFor({ timeoutMillis: 500 });
    exporter.export(finishedSpans(4), () => {});
    await exporter.shutdown();
    assert.equal(collector.distinct, 4);
    assert.deepEqual(recorder.failures.map(({ reason }) => reason), ["timeout"]);
    assertBalance(exporter, 4);
  });

  it("delivers once a collector that refused connections is there", async () => {
    const { port } = collector;
    await collector.close();
    const exporter = exporterFor({ url: `http://127.0.0.1:${port}/v1/traces` });
    exporter.export(finishedSpans(4), () => {});
    await until(() => recorder.failures.length >= 3);
    collector = await new ScriptedCollector().listen(port);
    await exporter.shutdown();
    assert.equal(collector.distinct, 4);
    assert.ok(recorder.failures.every(({ reason }) => reason === "connection"));
    assertBalance(exporter, 4);
  });

  it("counts what a partial success leaves out, and does not send it again", async () => {
    const body = '{"partialSuccess":{"rejectedSpans":"3","errorMessage":"too old"}}';
    replies({ record: 7, body });
    const exporter = exporterFor();
    await exported(exporter, finishedSpans(10));
    await exporter.shutdown();
    assert.equal(collector.requests.length, 1);
    assert.equal(exporter.stats().exported, collector.distinct);
    assert.deepEqual(recorder.droppedByReason, { partial_success: 3 });
    assert.equal(exporter.stats().lastError?.message, "too old");
    assertBalance(exporter, 10);
  });

  it("does not read an answer of 100 MB to its end", async () => {
    replies("flood");
    const exporter = exporterFor();
    await exported(exporter, finishedSpans(2));
    await exporter.shutdown();
    assert.equal(exporter.stats().exported, 2);
    assertBalance(exporter, 2);
  });

  it("takes malformed JSON in an answer of 200 for a yes", async () => {
    replies({ body: '{"partialSuccess":{"rejectedSp' });
    const exporter = exporterFor();
    await exported(exporter, finishedSpans(2));
    await exporter.shutdown();
    assert.equal(exporter.stats().exported, 2);
    assertBalance(exporter, 2);
  });

  it("does not follow a redirect to another origin", async () => {
    const other = await new ScriptedCollector().listen();
    replies({ status: 307, headers: { location: `${other.url}/v1/traces` } });
    const exporter = exporterFor();
    await exported(exporter, finishedSpans(2));
    await exporter.shutdown();
    assert.equal(other.requests.length, 0);
    assert.equal(recorder.failures[0]?.reason, "redirect");
    assertBalance(exporter, 2);
    await other.close();
  });

  it("follows a redirect within the origin", async () => {
    replies({ status: 308, headers: { location: "/collector/v1/traces" } });
    const exporter = exporterFor();
    await exported(exporter, finishedSpans(2));
    await exporter.shutdown();
    assert.deepEqual(collector.requests.map(({ path }) => path), [
      "/v1/traces",
      "/collector/v1/traces",
    ]);
    assert.equal(collector.duplicates, 0);
    assertBalance(exporter, 2);
  });

  for (const status of [401, 403]) {
    it(`asks for headers again after a ${status}, and sends the same spans with them`, async () => {
      let asked = 0;
      collector.script = ({ headers }) =>
        headers.authorization === "Bearer 2" ? undefined : { status };
      const exporter = exporterFor({ headers: () => ({ authorization: `Bearer ${++asked}` }) });
      await exported(exporter, finishedSpans(2));
      await exported(exporter, finishedSpans(2));
      await exporter.shutdown();
      assert.equal(asked, 2);
      assert.deepEqual(collector.requests.map(({ ids }) => ids.length), [2, 2, 2]);
      assertBalance(exporter, 4);
    });

    it(`gives up what is refused with ${status} twice, and asks again the next time`, async () => {
      let asked = 0;
      collector.script = ({ headers }) =>
        headers.authorization === "Bearer 3" ? undefined : { status };
      const exporter = exporterFor({
        headers: () => Promise.resolve({ authorization: `Bearer ${++asked}` }),
      });
      await exported(exporter, finishedSpans(2));
      await exported(exporter, finishedSpans(3));
      await exporter.shutdown();
      assert.equal(asked, 3);
      assert.deepEqual(recorder.droppedByReason, { rejected: 2 });
      assertBalance(exporter, 5);
    });
  }

  it("says at shutdown what it had to leave", async () => {
    collector.script = () => ({ status: 503 });
    const exporter = exporterFor({ shutdownTimeoutMillis: 300 });
    exporter.export(finishedSpans(6), () => {});
    await assert.rejects(exporter.shutdown(), { code: "export_incomplete" });
    await assert.rejects(exporter.shutdown(), { code: "export_incomplete" });
    assert.deepEqual(recorder.droppedByReason, { shutdown: 6 });
    assertBalance(exporter, 6);
  });

  it("breaks a hanging request off at shutdown", async () => {
    collector.script = () => "hang";
    const exporter = exporterFor({ shutdownTimeoutMillis: 300, timeoutMillis: 60_000 });
    exporter.export(finishedSpans(6), () => {});
    await assert.rejects(exporter.shutdown(), { code: "export_incomplete" });
    assert.deepEqual(recorder.droppedByReason, { shutdown: 6 });
    assertBalance(exporter, 6);
  });

  it("refuses and counts what is exported after the shutdown", async () => {
    const exporter = exporterFor();
    await exporter.shutdown();
    const result = await exported(exporter, finishedSpans(2));
    assert.equal(result.code, ExportResultCode.FAILED);
    assert.deepEqual(recorder.droppedByReason, { after_shutdown: 2 });
    assert.equal(exporter.stats().dropped, 2);
    assert.equal(collector.requests.length, 0);
  });

  it("says at a flush what is still queued, and keeps it", async () => {
    let away = true;
    collector.script = () => away ? { status: 503 } : undefined;
    const exporter = exporterFor();
    exporter.export(finishedSpans(6), () => {});
    await assert.rejects(exporter.forceFlush({ timeoutMillis: 100 }), {
      code: "export_incomplete",
      details: { signal: "traces", left: 6 },
    });
    away = false;
    await exporter.forceFlush();
    assert.equal(collector.distinct, 6);
    await exporter.shutdown();
    assertBalance(exporter, 6);
  });
});
