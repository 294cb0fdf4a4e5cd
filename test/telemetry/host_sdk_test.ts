/** The providers of a host that has moved on to the OpenTelemetry SDK 3.x. */
import assert from "node:assert/strict";
import { it } from "node:test";
import { createTelemetry } from "../../src/telemetry/instance.ts";
import { sdkLogs, sdkMetrics, sdkTrace } from "../otlp/sdk_next/mod.ts";
import { wholeRun } from "./whole_run.ts";

it("spans, metrics and logs go to providers of the SDK 3.x", async () => {
  const spans = new sdkTrace.InMemorySpanExporter();
  const tracerProvider = new sdkTrace.TracerProvider({
    spanProcessors: [new sdkTrace.SimpleSpanProcessor({ exporter: spans })],
  });
  const metrics = new sdkMetrics.InMemoryMetricExporter(sdkMetrics.AggregationTemporality.DELTA);
  const meterProvider = new sdkMetrics.MeterProvider({
    readers: [
      new sdkMetrics.PeriodicExportingMetricReader({
        exporter: metrics,
        exportIntervalMillis: 3_600_000,
      }),
    ],
  });
  const logs = new sdkLogs.InMemoryLogRecordExporter();
  const loggerProvider = new sdkLogs.LoggerProvider({
    processors: [new sdkLogs.SimpleLogRecordProcessor({ exporter: logs })],
  });
  const telemetry = createTelemetry({ env: () => Promise.resolve({}) });
  const options = { enabled: true, tracerProvider, meterProvider, loggerProvider };
  const status = await telemetry.configure(options);
  assert.deepEqual(status.signals, ["traces", "metrics", "logs"]);

  wholeRun(telemetry);
  await telemetry.shutdown();

  const finished = spans.getFinishedSpans();
  const turn = finished.at(-1);
  assert.equal(turn?.name, "invoke_agent codex");
  assert.equal(finished.length, 5);
  assert.ok(finished.every((span) => span.spanContext().traceId === turn?.spanContext().traceId));
  assert.deepEqual(turn?.endTime, [1_700_000_001, 0]);
  const [record] = logs.getFinishedLogRecords();
  assert.equal(record?.eventName, "codex.thread.start");
  assert.equal(record?.spanContext?.spanId, turn?.spanContext().spanId);
  const names = metrics.getMetrics().flatMap(({ scopeMetrics }) =>
    scopeMetrics.flatMap((scope) => scope.metrics.map(({ descriptor }) => descriptor.name))
  );
  assert.ok(names.includes("gen_ai.client.token.usage"));
  await Promise.all([
    tracerProvider.shutdown(),
    meterProvider.shutdown(),
    loggerProvider.shutdown(),
  ]);
});
