/** The exporters in the processors and readers of both lines of the OpenTelemetry SDK. */
import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "node:test";
import { SpanKind, SpanStatusCode } from "@opentelemetry/api";
import { resourceFromAttributes } from "@opentelemetry/resources";
import * as logs2 from "@opentelemetry/sdk-logs";
import * as metrics2 from "@opentelemetry/sdk-metrics";
import * as trace2 from "@opentelemetry/sdk-trace-base";
import { OTLPLogExporter, OTLPMetricExporter, OTLPTraceExporter } from "../../src/otlp/mod.ts";
import { KITS } from "./kits.ts";
import { ScriptedCollector } from "./scripted_collector.ts";
import { sdkLogs, sdkMetrics } from "./sdk_next/mod.ts";

let collector: ScriptedCollector;

/** Bodies of the requests to a signal, parsed. */
function received(signal: string): Record<string, never>[] {
  return collector.requests.filter(({ path }) => path === `/v1/${signal}`)
    .map(({ text }) => JSON.parse(text));
}

/** Looks a path of names and indices up in parsed JSON. */
function at(value: unknown, ...path: (string | number)[]): unknown {
  let found = value;
  for (const step of path) found = (found as Record<string | number, unknown> | undefined)?.[step];
  return found;
}

describe("The exporters in an OpenTelemetry SDK", () => {
  beforeEach(async () => {
    collector = await new ScriptedCollector().listen();
  });
  afterEach(() => collector.close());

  const cases = Object.entries(KITS).flatMap(([name, make]) => [
    { name, make, value: 1, sent: { intValue: 1 } },
    { name: `${name}, with NaN`, make, value: NaN, sent: { doubleValue: "NaN" } },
  ]);
  for (const { name, make, value, sent: sentValue } of cases) {
    it(`deliver spans (${name})`, async () => {
      const exporter = new OTLPTraceExporter({ url: `${collector.url}/v1/traces` });
      const { tracer, ...processor } = make(exporter);
      const span = tracer.startSpan("work", {
        kind: SpanKind.CLIENT,
        attributes: { a: value, b: "x" },
      });
      span.addEvent("seen", { c: true }).setStatus({ code: SpanStatusCode.ERROR, message: "no" });
      span.end();
      await processor.forceFlush();
      const scope = at(received("traces"), 0, "resourceSpans", 0, "scopeSpans", 0);
      assert.deepEqual(at(scope, "scope"), { name: "scope", version: "1.2.3" });
      const sent = at(scope, "spans", 0);
      assert.equal(at(sent, "name"), "work");
      assert.equal(at(sent, "kind"), 3);
      assert.deepEqual(at(sent, "status"), { code: 2, message: "no" });
      assert.deepEqual(at(sent, "attributes"), [
        { key: "a", value: sentValue },
        { key: "b", value: { stringValue: "x" } },
      ]);
      assert.equal(at(sent, "events", 0, "name"), "seen");
      assert.equal(at(sent, "traceId"), span.spanContext().traceId);
      await processor.shutdown();
      assert.deepEqual(exporter.stats(), { exported: 1, queued: 0, dropped: 0 });
    });
  }

  it("deliver spans with what a resource learns later", async () => {
    for (const Processor of [trace2.SimpleSpanProcessor, trace2.BatchSpanProcessor]) {
      const exporter = new OTLPTraceExporter({ url: `${collector.url}/v1/traces` });
      const id = new Promise<string>((resolve) => setTimeout(() => resolve("host-1"), 20));
      const provider = new trace2.BasicTracerProvider({
        resource: resourceFromAttributes({ "host.id": id }),
        spanProcessors: [new Processor(exporter)],
      });
      provider.getTracer("scope").startSpan("work").end();
      await provider.forceFlush();
      await exporter.forceFlush();
      assert.deepEqual(
        at(received("traces").at(-1), "resourceSpans", 0, "resource", "attributes"),
        [
          { key: "host.id", value: { stringValue: "host-1" } },
        ],
      );
      await provider.shutdown();
    }
    assert.equal(collector.distinct, 2);
  });

  for (const line of ["2.x", "3.x"]) {
    it(`deliver metrics (${line})`, async () => {
      const exporter = new OTLPMetricExporter({
        url: `${collector.url}/v1/metrics`,
        temporalityPreference: "delta",
      });
      const provider = line === "2.x"
        ? new metrics2.MeterProvider({
          readers: [new metrics2.PeriodicExportingMetricReader({ exporter })],
        })
        : new sdkMetrics.MeterProvider({
          readers: [new sdkMetrics.PeriodicExportingMetricReader({ exporter } as never)],
        });
      const meter = provider.getMeter("scope");
      meter.createCounter("tokens", { unit: "{token}" }).add(5, { type: "input" });
      meter.createHistogram("duration", { unit: "s" }).record(0.25);
      meter.createUpDownCounter("active").add(1);
      await provider.forceFlush();
      const metrics = at(
        received("metrics"),
        0,
        "resourceMetrics",
        0,
        "scopeMetrics",
        0,
        "metrics",
      );
      assert.deepEqual((metrics as { name: string }[]).map(({ name }) => name), [
        "tokens",
        "duration",
        "active",
      ]);
      assert.equal(at(metrics, 0, "sum", "dataPoints", 0, "asDouble"), 5);
      assert.equal(at(metrics, 0, "sum", "aggregationTemporality"), 1);
      assert.equal(at(metrics, 1, "histogram", "dataPoints", 0, "sum"), 0.25);
      assert.equal(at(metrics, 2, "sum", "aggregationTemporality"), 2);
      await provider.shutdown();
      assert.equal(exporter.stats().dropped, 0);
    });

    it(`deliver log records (${line})`, async () => {
      const exporter = new OTLPLogExporter({ url: `${collector.url}/v1/logs` });
      const provider = line === "2.x"
        ? new logs2.LoggerProvider({
          processors: [new logs2.BatchLogRecordProcessor({ exporter })],
        })
        : new sdkLogs.LoggerProvider({
          processors: [new sdkLogs.BatchLogRecordProcessor({ exporter } as never)],
        });
      const record = { severityText: "INFO", body: "hello", attributes: { a: NaN } };
      for (let i = 0; i < 3; i++) provider.getLogger("scope").emit(record);
      await provider.forceFlush();
      const records = received("logs").flatMap((body) =>
        at(body, "resourceLogs", 0, "scopeLogs", 0, "logRecords") as unknown[]
      );
      assert.equal(records.length, 3);
      assert.deepEqual(at(records, 0, "body"), { stringValue: "hello" });
      assert.deepEqual(at(records, 0, "attributes", 0, "value"), { doubleValue: "NaN" });
      await provider.shutdown();
      assert.deepEqual(exporter.stats(), { exported: 3, queued: 0, dropped: 0 });
    });
  }
});
