/** Outages in real time and at full size. They all run at once, so that they take no longer than one. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { type OtlpExporterOptions, OTLPTraceExporter } from "../../src/otlp/mod.ts";
import { finishedSpans, Recorder, sleep } from "./helpers.ts";
import { endSpans, everySo, KITS } from "./kits.ts";
import { PLANTED, PLANTED_HEADERS, Said } from "./said.ts";
import { type Script, ScriptedCollector } from "./scripted_collector.ts";
import { createTelemetry } from "../../mod.ts";
import { Scenario } from "../telemetry/scenario.ts";

/** A collector with an exporter, and what became of the spans between them. */
class Outage {
  readonly collector: ScriptedCollector = new ScriptedCollector();
  readonly recorder: Recorder = new Recorder();
  readonly exporter: OTLPTraceExporter;
  sent = 0;

  constructor(url: string, options: OtlpExporterOptions = {}) {
    const headers = PLANTED_HEADERS;
    this.exporter = new OTLPTraceExporter({ url, headers, observer: this.recorder, ...options });
  }

  /** Everything was delivered, and that once. */
  assertDelivered(): void {
    const { exported, queued, dropped } = this.exporter.stats();
    assert.deepEqual({ exported, queued, dropped }, { exported: this.sent, queued: 0, dropped: 0 });
    assert.equal(this.collector.distinct, this.sent);
    assert.equal(this.collector.duplicates, 0);
    assert.equal(this.recorder.exportedCount, this.sent);
    assert.deepEqual(this.recorder.drops, []);
  }
}

async function started(options: OtlpExporterOptions = {}): Promise<Outage> {
  const collector = await new ScriptedCollector().listen();
  const outage = new Outage(`${collector.url}/v1/traces`, options);
  return Object.assign(outage, { collector });
}

/** Answers 503 for 3 s, from the first request on. */
function answer503(): Script {
  let until = 0;
  return () => {
    until ||= Date.now() + 3000;
    return Date.now() < until ? { status: 503 } : undefined;
  };
}

/**
 * 2,000 spans a second for 6 s, of which the collector answers 503 for 3, from the first request
 * on. With all these outages in one process an answer may take a second, hence more room in the
 * queue of a batch processor; `npm run bench -- outage` shows the same with its default of 2,048.
 */
async function answering503(kind: string): Promise<Outage> {
  const outage = await started();
  outage.collector.script = answer503();
  const { tracer, ...processor } = KITS[kind]!(outage.exporter, { maxQueueSize: 8192 });
  outage.sent = await endSpans(tracer, { perSecond: 2000, seconds: 6 });
  await processor.shutdown();
  assert.equal(outage.sent, 12_000);
  assert.ok(outage.recorder.failures.every(({ status }) => status === 503));
  return outage;
}

/** The same outage for the whole of telemetry: a span for each of 2,000 runs a second. */
async function configured503(processor: string): Promise<Outage> {
  const outage = await started();
  outage.collector.script = answer503();
  const telemetry = createTelemetry();
  const env = { CODEX_OTLP_ENABLE: "1", CODEX_OTLP_PROCESSOR: processor };
  const status = await telemetry.configure({ env, endpoint: outage.collector.url });
  assert.equal(status.processor, processor);
  await everySo(12_000, { perSecond: 2000 }, (run) => {
    new Scenario(telemetry, { span_token: `run ${run}` }).start().at(10).stop(10);
  });
  const { spans, lastError } = await telemetry.shutdown();
  assert.deepEqual(spans, { exported: 12_000, queued: 0, dropped: 0 });
  assert.equal(lastError?.status, 503);
  assert.deepEqual([outage.collector.distinct, outage.collector.duplicates], [12_000, 0]);
  return outage;
}

/** Nobody listens for 10 s; then somebody does. */
async function refusing(kind: string): Promise<Outage> {
  const placeholder = await new ScriptedCollector().listen();
  const { port } = placeholder;
  await placeholder.close();
  const outage = new Outage(`http://127.0.0.1:${port}/v1/traces`);
  const { tracer, ...processor } = KITS[kind]!(outage.exporter);
  const end = Date.now() + 10_000;
  outage.sent = await endSpans(tracer, { perSecond: 200, seconds: 9 });
  await sleep(end - Date.now());
  assert.equal(outage.exporter.stats().exported, 0);
  await outage.collector.listen(port);
  await processor.shutdown();
  assert.ok(outage.recorder.failures.every(({ reason }) => reason === "connection"));
  return outage;
}

/** Two requests at once hang past the default timeout of 10 s. */
async function hanging(): Promise<Outage> {
  const outage = await started();
  outage.collector.script = ({ index }) => index < 2 ? "hang" : undefined;
  outage.exporter.export(finishedSpans(1024), () => {});
  outage.sent = 1024;
  await outage.exporter.shutdown();
  assert.deepEqual(outage.recorder.failures.map(({ reason }) => reason), ["timeout", "timeout"]);
  return outage;
}

/** The collector takes its time for each piece of a body, but less than the timeout in all. */
async function readingSlowly(): Promise<Outage> {
  const outage = await started({ compression: "none" });
  outage.collector.readDelayMs = 100;
  outage.exporter.export(finishedSpans(2048, { text: "x".repeat(500) }), () => {});
  outage.sent = 2048;
  await outage.exporter.shutdown();
  return outage;
}

const CASES: Record<string, () => Promise<Outage>> = {
  "hangs past the timeout": hanging,
  "reads slowly": readingSlowly,
};
for (const kind of Object.keys(KITS)) {
  CASES[`answers 503 for 3 s (${kind})`] = () => answering503(kind);
  CASES[`refuses connections for 10 s (${kind})`] = () => refusing(kind);
}

for (const processor of ["simple", "batch"]) {
  CASES[`answers 503 for 3 s (telemetry, ${processor})`] = () => configured503(processor);
}

const GENEROUS = { timeout: 110_000 };

describe("OTLPTraceExporter delivers everything once when the collector", () => {
  const outcomes = new Map<string, Promise<{ outage?: Outage; reason?: unknown }>>();
  let said: Said;

  before(() => {
    said = new Said();
    for (const [what, run] of Object.entries(CASES)) {
      outcomes.set(what, run().then((outage) => ({ outage }), (reason) => ({ reason })));
    }
  });
  after(() => said.end());

  for (const what of Object.keys(CASES)) {
    it(what, GENEROUS, async () => {
      const { outage, reason } = await outcomes.get(what)!;
      if (!outage) throw reason;
      await outage.collector.close();
      // Of telemetry all is asserted already: it has an exporter of its own.
      if (outage.sent === 0) return;
      outage.assertDelivered();
      assert.ok(what === "reads slowly" || outage.recorder.failures.length > 0);
      const { recorder: { failures, drops }, exporter } = outage;
      said.assertNothingOf(PLANTED, [failures, drops, exporter.stats()]);
    });
  }
});
