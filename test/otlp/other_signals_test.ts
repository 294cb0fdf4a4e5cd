/** What is proper to metrics and logs; all else they share with traces. */
import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "node:test";
import { InMemoryLogRecordExporter, LoggerProvider } from "@opentelemetry/sdk-logs";
import { SimpleLogRecordProcessor } from "@opentelemetry/sdk-logs";
import { MeterProvider, MetricReader, type ResourceMetrics } from "@opentelemetry/sdk-metrics";
import {
  OTLPLogExporter,
  OTLPMetricExporter,
  type OtlpMetricExporterOptions,
} from "../../src/otlp/mod.ts";
import { exported, QUICK, Recorder } from "./helpers.ts";
import { ScriptedCollector } from "./scripted_collector.ts";

class ManualReader extends MetricReader {
  protected override onForceFlush(): Promise<void> {
    return Promise.resolve();
  }

  protected override onShutdown(): Promise<void> {
    return Promise.resolve();
  }
}

/** Collections of a counter with as many data points as asked for, the n-th with the value n. */
async function collections(count: number, points: number): Promise<ResourceMetrics[]> {
  const reader = new ManualReader();
  const counter = new MeterProvider({ readers: [reader] }).getMeter("x").createCounter("c");
  const made: ResourceMetrics[] = [];
  for (let round = 0; round < count; round++) {
    for (let point = 0; point < points; point++) counter.add(1, { point });
    made.push((await reader.collect()).resourceMetrics);
  }
  return made;
}

function logRecords(count: number) {
  const exporter = new InMemoryLogRecordExporter();
  const processors = [new SimpleLogRecordProcessor({ exporter })];
  const logger = new LoggerProvider({ processors }).getLogger("x");
  for (let index = 0; index < count; index++) logger.emit({ body: `line ${index}` });
  return exporter.getFinishedLogRecords();
}

let collector: ScriptedCollector;
let recorder: Recorder;

/** The values of all data points, request by request. */
function values(): number[][] {
  return collector.requests.map(({ text }) =>
    [...text.matchAll(/"asDouble":(\d+)/g)].map(([, value]) => Number(value))
  );
}

describe("OTLPMetricExporter", () => {
  beforeEach(async () => {
    collector = await new ScriptedCollector().listen();
    recorder = new Recorder();
  });
  afterEach(() => collector.close());

  const exporterFor = (options: OtlpMetricExporterOptions = {}) =>
    new OTLPMetricExporter({
      ...{ url: `${collector.url}/v1/metrics`, observer: recorder, backoff: QUICK },
      ...options,
    });

  it("delivers collections in their order when the collector was away", async () => {
    collector.script = ({ index }) => index < 2 ? { status: 503 } : undefined;
    const exporter = exporterFor();
    for (const metrics of await collections(5, 2)) exporter.export(metrics, () => {});
    await exporter.shutdown();
    assert.deepEqual(values().slice(2), [[1, 1], [2, 2], [3, 3], [4, 4], [5, 5]]);
    assert.deepEqual(exporter.stats().exported, 10);
    assert.deepEqual(recorder.failures.map(({ signal, count }) => [signal, count]), [
      ["metrics", 2],
      ["metrics", 2],
    ]);
  });

  it("counts data points, and those that a partial success leaves out", async () => {
    const body = '{"partialSuccess":{"rejectedDataPoints":"3","errorMessage":"too many"}}';
    collector.script = () => ({ body });
    const exporter = exporterFor();
    const [metrics] = await collections(1, 10);
    await exported(exporter, metrics!);
    await exporter.shutdown();
    const { exported: delivered, dropped } = exporter.stats();
    assert.deepEqual([delivered, dropped], [7, 3]);
    assert.deepEqual(recorder.drops, [{ signal: "metrics", count: 3, reason: "partial_success" }]);
    assert.equal(collector.requests.length, 1);
  });

  it("divides a metric of many data points over requests, each point once", async () => {
    const exporter = exporterFor({ maxRequestBytes: 100_000 });
    const [metrics] = await collections(1, 1800);
    await exported(exporter, metrics!);
    await exporter.shutdown();
    assert.ok(collector.requests.length > 1);
    const points = collector.requests.flatMap(({ text }) =>
      [...text.matchAll(/"intValue":(\d+)/g)].map(([, point]) => Number(point))
    );
    assert.deepEqual(points.sort((a, b) => a - b), Array.from({ length: 1800 }, (_, i) => i));
    assert.equal(exporter.stats().exported, 1800);
  });
});

describe("OTLPLogExporter", () => {
  beforeEach(async () => {
    collector = await new ScriptedCollector().listen();
    recorder = new Recorder();
  });
  afterEach(() => collector.close());

  const exporterFor = () =>
    new OTLPLogExporter({ url: `${collector.url}/v1/logs`, observer: recorder, backoff: QUICK });

  it("delivers each record once when the collector was away", async () => {
    collector.script = ({ index }) => index < 2 ? { status: 503 } : undefined;
    const exporter = exporterFor();
    const records = logRecords(2000);
    for (const record of records) exporter.export([record], () => {});
    await exporter.shutdown();
    const accepted = collector.requests.filter(({ index }) => index >= 2);
    const lines = accepted.flatMap(({ text }) =>
      [...text.matchAll(/"stringValue":"line (\d+)"/g)].map(([, line]) => Number(line))
    );
    assert.deepEqual(lines.sort((a, b) => a - b), Array.from({ length: 2000 }, (_, i) => i));
    assert.deepEqual(exporter.stats().exported, 2000);
  });

  it("counts the records that a partial success leaves out", async () => {
    collector.script = () => ({ body: '{"partialSuccess":{"rejectedLogRecords":2}}' });
    const exporter = exporterFor();
    await exported(exporter, logRecords(5));
    await exporter.shutdown();
    assert.deepEqual(recorder.drops, [{ signal: "logs", count: 2, reason: "partial_success" }]);
    assert.equal(exporter.stats().exported, 3);
  });
});
