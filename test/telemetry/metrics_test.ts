import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from "@opentelemetry/sdk-metrics";
import { createTelemetry } from "../../src/telemetry/instance.ts";
import type { ConfigureOptions } from "../../src/telemetry/options.ts";
import { memoryExporter } from "../../src/telemetry/record_exporters.ts";
import { type OtlpReceiver, otlpReceiver, type ReceivedMetric } from "../../src/testing/mod.ts";
import { Scenario } from "./scenario.ts";
import { wholeRun } from "./whole_run.ts";

/** What arrives of two runs, the second under way. */
async function metricsOf(options: ConfigureOptions = {}): Promise<OtlpReceiver> {
  const receiver = await otlpReceiver();
  const telemetry = createTelemetry({ env: () => Promise.resolve({}) });
  const status = await telemetry.configure({
    enabled: true,
    endpoint: receiver.url,
    signals: ["metrics"],
    ...options,
  });
  assert.deepEqual(status.signals, ["metrics"]);
  assert.equal(status.exporter, "otlp");
  wholeRun(telemetry);
  new Scenario(telemetry, { span_token: "run-2" }).start({ transport: "app-server" });
  await telemetry.shutdown();
  await receiver.close();
  return receiver;
}

/** Points as `[attributes, value or [count, sum]]`, by metric. */
function table(metrics: ReceivedMetric[]): Record<string, unknown[]> {
  return Object.fromEntries(metrics.map(({ name, points }) => [
    name,
    points.map(({ attributes, value, count, sum }) => [attributes, value ?? [count, sum]]),
  ]));
}

const SHARED = {
  "gen_ai.execute_tool.duration": [[{ "gen_ai.tool.name": "exec_command" }, [1, 0.25]]],
  "gen_ai.invoke_agent.tool_calls": [[{}, [1, 1]]],
  "codex.approval.wait": [[{ "codex.approval.decision": "accept" }, [1, 0.5]]],
  "codex.thread.active": [
    [{ "codex.transport": "exec" }, 0],
    [{ "codex.transport": "app-server" }, 1],
  ],
  "codex.process.active": [[{ "codex.transport": "exec" }, 0]],
  "codex.turn.count": [[{ "codex.thread.result": "error" }, 1]],
  "codex.compaction.count": [[{ "codex.compaction.stage": "completed" }, 1]],
};

const OPERATION = { "gen_ai.operation.name": "invoke_agent" };

const TURN = { ...OPERATION, "gen_ai.provider.name": "openai", "error.type": "turn_failed" };

const TOKENS = { "gen_ai.provider.name": "openai", "gen_ai.request.model": "gpt-5" };

describe("metrics", () => {
  it("have the names of v1.41 by default", async () => {
    assert.deepEqual(table((await metricsOf()).metrics), {
      ...SHARED,
      "gen_ai.client.operation.duration": [[TURN, [1, 1]]],
      "gen_ai.client.token.usage": [
        [{ ...OPERATION, ...TOKENS, "gen_ai.token.type": "input" }, [1, 30]],
        [{ ...OPERATION, ...TOKENS, "gen_ai.token.type": "output" }, [1, 0]],
      ],
    });
  });

  it("have the newest names where they are asked for", async () => {
    const usage = "gen_ai.client.inference.usage";
    const { metrics } = await metricsOf({ semconv: "gen_ai_latest_experimental" });
    assert.deepEqual(table(metrics), {
      ...SHARED,
      "gen_ai.invoke_agent.duration": [[TURN, [1, 1]]],
      [`${usage}.input_tokens`]: [[TOKENS, 30]],
      [`${usage}.output_tokens`]: [[TOKENS, 0]],
      [`${usage}.cache_read.input_tokens`]: [[TOKENS, 20]],
      [`${usage}.cache_write.input_tokens`]: [[TOKENS, 3]],
      [`${usage}.reasoning.output_tokens`]: [[TOKENS, 0]],
    });
  });

  it("have the buckets and units of the conventions", async () => {
    const { metrics } = await metricsOf();
    const shape = (name: string) => {
      const metric = metrics.find((metric) => metric.name === name);
      const bounds = metric?.points[0]?.explicitBounds ?? [];
      return [metric?.unit, bounds[0], bounds.at(-1), bounds.length];
    };
    assert.deepEqual(shape("gen_ai.client.token.usage"), ["{token}", 1, 67_108_864, 14]);
    assert.deepEqual(shape("gen_ai.client.operation.duration"), ["s", 0.1, 409.6, 13]);
    assert.deepEqual(shape("gen_ai.execute_tool.duration"), ["s", 0.01, 81.92, 14]);
  });

  it("carry no id and no content, and the resource of the spans", async () => {
    const { metrics } = await metricsOf({ resource: { "service.name": "reviewer" } });
    const text = JSON.stringify(metrics, (_, value) => typeof value === "bigint" ? 0 : value);
    for (const unbounded of ["secret", '"th"', '"tu"', "run-1", "4711"]) {
      assert.equal(text.includes(unbounded), false, unbounded);
    }
    assert.equal(metrics[0]?.resource["service.name"], "reviewer");
    assert.equal(metrics[0]?.scope.name, "@codex-otel/sdk");
  });

  it("are cumulative by default and deltas where the environment asks for it", async () => {
    const temporality = async (env: Record<string, string>) => {
      const { metrics } = await metricsOf({ env });
      return metrics.find(({ name }) => name === "codex.turn.count")?.temporality;
    };
    assert.equal(await temporality({}), "cumulative");
    assert.equal(
      await temporality({ OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE: "Delta" }),
      "delta",
    );
  });

  it("bound the names of tools, which the agent can make up", async () => {
    const receiver = await otlpReceiver();
    const telemetry = createTelemetry({ env: () => Promise.resolve({}) });
    await telemetry.configure({ enabled: true, endpoint: receiver.url, signals: ["metrics"] });
    const scenario = new Scenario(telemetry).start();
    for (let index = 0; index < 300; index++) {
      const tool = { tool: `tool-${index}`, tool_type: "dynamic", call_id: `c${index}` };
      scenario.end("codex.tool.success", 1, tool);
    }
    await telemetry.shutdown();
    await receiver.close();
    const durations = receiver.metrics.find(({ name }) => name === "gen_ai.execute_tool.duration");
    const points = durations?.points ?? [];
    assert.equal(points.length, 257);
    const other = points.find(({ attributes }) => attributes["gen_ai.tool.name"] === "_OTHER");
    assert.equal(other?.count, 44);
  });

  it("are sent at each flush, beside the spans", async () => {
    const receiver = await otlpReceiver();
    const telemetry = createTelemetry({ env: () => Promise.resolve({}) });
    const env = { OTEL_METRICS_EXPORTER: "otlp", CODEX_OTLP_ENDPOINT: receiver.url };
    const status = await telemetry.configure({ enabled: true, env });
    assert.deepEqual(status.signals, ["traces", "metrics"]);
    wholeRun(telemetry);
    await telemetry.flush();
    assert.ok(receiver.metrics.length > 0);
    assert.equal(receiver.spans.at(-1)?.name, "invoke_agent codex");
    assert.deepEqual([...new Set(receiver.requests.map(({ path }) => path))].sort(), [
      "/v1/metrics",
      "/v1/traces",
    ]);
    await telemetry.shutdown();
    await receiver.close();
  });

  it("go to the host's provider where one is given, which is not shut down", async () => {
    const exporter = new InMemoryMetricExporter(AggregationTemporality.DELTA);
    const meterProvider = new MeterProvider({
      readers: [new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 3_600_000 })],
    });
    const telemetry = createTelemetry({ env: () => Promise.resolve({}) });
    const options = { enabled: true, exporter: memoryExporter(), meterProvider };
    assert.deepEqual((await telemetry.configure(options)).signals, ["traces", "metrics"]);
    wholeRun(telemetry);
    await telemetry.shutdown();
    const names = exporter.getMetrics().flatMap(({ scopeMetrics }) =>
      scopeMetrics.flatMap(({ metrics }) => metrics.map(({ descriptor }) => descriptor.name))
    );
    assert.ok(names.includes("codex.turn.count"));
    await meterProvider.shutdown();
  });

  it("do not count as active what began before them", async () => {
    const receiver = await otlpReceiver();
    const telemetry = createTelemetry({ env: () => Promise.resolve({}) });
    const scenario = new Scenario(telemetry).start();
    await telemetry.configure({ enabled: true, endpoint: receiver.url, signals: ["metrics"] });
    scenario.at(10).stop(10);
    await telemetry.shutdown();
    const names = receiver.metrics.map(({ name }) => name);
    assert.equal(names.includes("codex.turn.count"), true);
    assert.equal(names.includes("codex.thread.active"), false);
    await receiver.close();
  });
});
