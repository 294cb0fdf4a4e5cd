import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "node:test";
import { type OtlpExporterOptions, OTLPTraceExporter } from "../../src/otlp/mod.ts";
import { finishedSpans, QUICK, Recorder, sleep } from "./helpers.ts";
import { endSpans, KITS } from "./kits.ts";
import { ScriptedCollector } from "./scripted_collector.ts";

let collector: ScriptedCollector;
let recorder: Recorder;

function exporterFor(options: OtlpExporterOptions = {}): OTLPTraceExporter {
  return new OTLPTraceExporter({
    url: `${collector.url}/v1/traces`,
    observer: recorder,
    ...options,
  });
}

// Bun's limit is 5 s unless it is told otherwise.
const GENEROUS = { timeout: 60_000 };

describe("OTLPTraceExporter under load", () => {
  beforeEach(async () => {
    collector = await new ScriptedCollector().listen();
    recorder = new Recorder();
  });
  afterEach(() => collector.close());

  it("delivers a burst of 50,000 single exports", GENEROUS, async () => {
    const exporter = exporterFor();
    for (const span of finishedSpans(50_000)) exporter.export([span], () => {});
    await exporter.forceFlush();
    assert.equal(collector.distinct, 50_000);
    assert.ok(collector.requests.length <= 110, `${collector.requests.length} requests`);
    await exporter.shutdown();
    assert.deepEqual(exporter.stats(), { exported: 50_000, queued: 0, dropped: 0 });
  });

  it("delivers one export of 50,000 spans in several requests", GENEROUS, async () => {
    const exporter = exporterFor();
    exporter.export(finishedSpans(50_000), () => {});
    await exporter.forceFlush();
    assert.equal(collector.distinct, 50_000);
    assert.equal(collector.duplicates, 0);
    await exporter.shutdown();
  });

  for (const [kind, make] of Object.entries(KITS)) {
    it(`delivers a burst of 50,000 spans and a flush (${kind})`, GENEROUS, async () => {
      const exporter = exporterFor();
      // A batch processor gives up at once what its own queue does not hold.
      const { tracer, ...processor } = make(exporter, { maxQueueSize: 50_000 });
      for (let i = 0; i < 50_000; i++) tracer.startSpan("work").end();
      await processor.forceFlush();
      // The batch processors flush no exporter.
      await exporter.forceFlush();
      assert.deepEqual([collector.distinct, collector.duplicates], [50_000, 0]);
      assert.deepEqual(exporter.stats(), { exported: 50_000, queued: 0, dropped: 0 });
      await processor.shutdown();
    });

    it(`loses nothing when the collector comes and goes (${kind})`, GENEROUS, async () => {
      const start = Date.now();
      const away = () => (Date.now() - start) % 700 < 350;
      collector.script = () =>
        away() ? { status: 503, headers: { "retry-after": "0" } } : undefined;
      const exporter = exporterFor({ backoff: QUICK });
      const processor = make(exporter);
      const total = await endSpans(processor.tracer, { perSecond: 2000, seconds: 2 });
      await processor.shutdown();
      assert.equal(collector.distinct, total);
      assert.equal(collector.duplicates, 0);
    });
  }

  it("loses nothing when the collector reads slowly", GENEROUS, async () => {
    collector.readDelayMs = 20;
    const exporter = exporterFor({ compression: "none" });
    const processor = KITS["2.x, batch"]!(exporter);
    const total = await endSpans(processor.tracer, { perSecond: 2000, seconds: 1 });
    await processor.shutdown();
    assert.equal(collector.distinct, total);
    assert.equal(collector.duplicates, 0);
  });

  it("keeps a queue within its bound and drops the oldest", GENEROUS, async () => {
    let away = true;
    collector.script = () => away ? { status: 503, headers: { "retry-after": "1" } } : undefined;
    const exporter = exporterFor({ maxQueueBytes: 200_000, compression: "none" });
    const spans = finishedSpans(2000, { padding: "x".repeat(500) });
    for (const span of spans) exporter.export([span], () => {});
    while (recorder.failures.length === 0) await sleep(5);
    away = false;
    await exporter.forceFlush();
    const { exported, dropped } = exporter.stats();
    assert.equal(exported + dropped, 2000);
    assert.ok(dropped > 500 && exported >= 100, `${exported} exported, ${dropped} dropped`);
    assert.equal(recorder.droppedByReason["queue_full"], dropped);
    const last = spans.at(-1)!.spanContext().spanId;
    assert.ok(collector.taken.has(last), "the newest span is kept");
    await exporter.shutdown();
  });
});
