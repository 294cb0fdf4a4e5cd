/** The providers of a host, of either line of the OpenTelemetry SDK, given or registered. */
import assert from "node:assert/strict";
import { afterEach, describe, it } from "node:test";
import { type MeterProvider, metrics, trace, type TracerProvider } from "@opentelemetry/api";
import * as logs2 from "@opentelemetry/sdk-logs";
import * as metrics2 from "@opentelemetry/sdk-metrics";
import * as trace2 from "@opentelemetry/sdk-trace-base";
import { createTelemetry } from "../../src/telemetry/instance.ts";
import type { ConfigureOptions, LoggerProviderLike } from "../../src/telemetry/options.ts";
import { sdkLogs, sdkMetrics, sdkTrace } from "../otlp/sdk_next/mod.ts";
import { wholeRun } from "./whole_run.ts";

/** A span as either line gives it. */
type Span = Pick<trace2.ReadableSpan, "name" | "spanContext" | "endTime">;

/** A host: its providers, and what has come to them. */
interface Host {
  tracerProvider: TracerProvider & { shutdown(): Promise<void> };
  meterProvider: MeterProvider & { shutdown(): Promise<void> };
  loggerProvider: LoggerProviderLike & { shutdown(): Promise<void> };
  spans(): readonly Span[];
  metricNames(): string[];
  records(): readonly Pick<logs2.ReadableLogRecord, "eventName" | "spanContext">[];
}

/** Metrics are collected when they are flushed, and not meanwhile. */
const MANUALLY = { exportIntervalMillis: 3_600_000 };

function namesOf(exporter: Pick<metrics2.InMemoryMetricExporter, "getMetrics">): string[] {
  return exporter.getMetrics().flatMap(({ scopeMetrics }) =>
    scopeMetrics.flatMap((scope) => scope.metrics.map(({ descriptor }) => descriptor.name))
  );
}

function host2(): Host {
  const spans = new trace2.InMemorySpanExporter();
  const points = new metrics2.InMemoryMetricExporter(metrics2.AggregationTemporality.DELTA);
  const records = new logs2.InMemoryLogRecordExporter();
  const reader = new metrics2.PeriodicExportingMetricReader({ exporter: points, ...MANUALLY });
  return {
    tracerProvider: new trace2.BasicTracerProvider({
      spanProcessors: [new trace2.SimpleSpanProcessor(spans)],
    }),
    meterProvider: new metrics2.MeterProvider({ readers: [reader] }),
    loggerProvider: new logs2.LoggerProvider({
      processors: [new logs2.SimpleLogRecordProcessor({ exporter: records })],
    }),
    spans: () => spans.getFinishedSpans(),
    metricNames: () => namesOf(points),
    records: () => records.getFinishedLogRecords(),
  };
}

function host3(): Host {
  const spans = new sdkTrace.InMemorySpanExporter();
  const points = new sdkMetrics.InMemoryMetricExporter(sdkMetrics.AggregationTemporality.DELTA);
  const records = new sdkLogs.InMemoryLogRecordExporter();
  const reader = new sdkMetrics.PeriodicExportingMetricReader({ exporter: points, ...MANUALLY });
  return {
    tracerProvider: new sdkTrace.TracerProvider({
      spanProcessors: [new sdkTrace.SimpleSpanProcessor({ exporter: spans })],
    }),
    meterProvider: new sdkMetrics.MeterProvider({ readers: [reader] }),
    loggerProvider: new sdkLogs.LoggerProvider({
      processors: [new sdkLogs.SimpleLogRecordProcessor({ exporter: records })],
    }),
    spans: () => spans.getFinishedSpans(),
    metricNames: () => namesOf(points as never),
    records: () => records.getFinishedLogRecords() as ReturnType<Host["records"]>,
  };
}

/** How telemetry gets at the providers; there is no global provider of loggers in the API. */
const WAYS: Record<string, (host: Host) => ConfigureOptions> = {
  "given": ({ tracerProvider, meterProvider, loggerProvider }) => ({
    tracerProvider,
    meterProvider,
    loggerProvider,
  }),
  "registered"({ tracerProvider, meterProvider, loggerProvider }) {
    assert.ok(trace.setGlobalTracerProvider(tracerProvider));
    assert.ok(metrics.setGlobalMeterProvider(meterProvider));
    return { useGlobal: true, signals: ["traces", "metrics", "logs"], loggerProvider };
  },
};

describe("spans, metrics and logs go to the host's providers", () => {
  afterEach(() => {
    trace.disable();
    metrics.disable();
  });

  for (const [line, createHost] of Object.entries({ "2.x": host2, "3.x": host3 })) {
    for (const [way, optionsOf] of Object.entries(WAYS)) {
      it(`of the SDK ${line}, ${way}, which are flushed and not shut down`, async () => {
        const host = createHost();
        const telemetry = createTelemetry({ env: () => Promise.resolve({}) });
        const status = await telemetry.configure({ enabled: true, ...optionsOf(host) });
        assert.deepEqual([status.signals, status.exporter], [
          ["traces", "metrics", "logs"],
          "none",
        ]);

        wholeRun(telemetry);
        await telemetry.shutdown();

        const spans = host.spans();
        const turn = spans.at(-1);
        assert.deepEqual([turn?.name, spans.length], ["invoke_agent codex", 5]);
        const { traceId, spanId } = turn!.spanContext();
        assert.ok(spans.every((span) => span.spanContext().traceId === traceId));
        assert.deepEqual(turn?.endTime, [1_700_000_001, 0]);
        const [record] = host.records();
        assert.equal(record?.eventName, "codex.thread.start");
        assert.equal(record?.spanContext?.spanId, spanId);
        assert.ok(host.metricNames().includes("gen_ai.client.token.usage"));

        host.tracerProvider.getTracer("host").startSpan("still open").end();
        assert.equal(host.spans().length, 6);
        await host.tracerProvider.shutdown();
        await host.meterProvider.shutdown();
        await host.loggerProvider.shutdown();
      });
    }
  }
});
