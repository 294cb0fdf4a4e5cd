/** One trace in a real collector: the caller, the turn and its tool, and the CLI's own spans. */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { after, before, describe, it } from "node:test";
import { context, ROOT_CONTEXT, trace } from "@opentelemetry/api";
import { BasicTracerProvider, SimpleSpanProcessor } from "@opentelemetry/sdk-trace-base";
import { findCollector } from "../../scripts/collector/find.ts";
import { OTLPTraceExporter } from "../../src/otlp/mod.ts";
import { otlpReceiver, reply } from "../../src/testing/mod.ts";
import { ancestors, TRANSPORTS, withJoinedCli } from "../real/joined_cli.ts";
import { StackManager } from "../telemetry/stack_manager.ts";
import { Otelcol } from "./otelcol.ts";

const BINARY = findCollector() ?? "";
const skip = existsSync(BINARY)
  ? false
  : "no OpenTelemetry Collector: set OTELCOL_BIN or run scripts/collector/build.ts";

/** A provider of the host's own, which sends to the same collector. */
function hostProvider(url: string): BasicTracerProvider {
  const exporter = new OTLPTraceExporter({
    url: `${url}/v1/traces`,
    // Deno runs test files in one process, whose environment others may be changing.
    platform: { env: () => ({}) },
  });
  return new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
}

describe("behind a real OpenTelemetry Collector", () => {
  before(() => context.setGlobalContextManager(new StackManager()));
  after(() => context.disable());

  for (const transport of TRANSPORTS) {
    it(`one trace holds all of a turn, by ${transport}`, { skip, timeout: 120_000 }, async () => {
      await using behind = await otlpReceiver();
      const otelcol = await Otelcol.start({ binary: BINARY, forwardTo: behind.url, mtls: false });
      const host = hostProvider(otelcol.url);
      const caller = host.getTracer("host").startSpan("request");
      const traceparents: (string | undefined)[] = [];
      await withJoinedCli({
        script: [reply.command("true"), "Done."],
        codex: { transport, cli: { traces: true, logs: true, metrics: true } },
        configure: { endpoint: otelcol.url, signals: ["traces", "logs", "metrics"] },
      }, async ({ codex, thread, model, finish }) => {
        const active = trace.setSpan(ROOT_CONTEXT, caller);
        await context.with(active, () => codex.startThread(thread).run("Go"));
        caller.end();
        await host.shutdown();
        await finish();
        traceparents.push(...model.requests.map(({ headers }) => headers["traceparent"]));
      });
      await otelcol.stop();

      const { traceId } = caller.spanContext();
      const spans = behind.spans.filter((span) => span.traceId === traceId);
      const find = (name: RegExp) =>
        spans.find((span) => name.test(span.name)) ?? assert.fail(`${name}`);
      const turn = ["invoke_agent codex", "request"];
      assert.deepEqual(ancestors(spans, find(/^execute_tool exec_command true$/)), turn);
      const own = find(transport === "exec" ? /^codex\.exec$/ : /^turn\/start$/);
      assert.deepEqual(ancestors(spans, own), turn);
      const deeper = spans.filter((span) => ancestors(spans, span).includes(own.name));
      assert.ok(deeper.length > 20, `${deeper.length} spans below ${own.name}`);
      assert.deepEqual(traceparents.map((header) => header?.slice(3, 35)), [traceId, traceId]);

      const ours = behind.logs.filter(({ eventName }) => eventName?.startsWith("codex.t"));
      assert.ok(ours.some((record) => record.traceId === traceId));
      const scopes = new Set(behind.metrics.map(({ scope }) => scope.name));
      assert.ok(scopes.has("@codex-otel/sdk") && scopes.size > 1, [...scopes].join());
    });
  }
});
