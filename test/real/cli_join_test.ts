/** The CLI's own export, joined to ours: the real CLI, a scripted model and a receiver. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { context, ROOT_CONTEXT, trace } from "@opentelemetry/api";
import { BasicTracerProvider, SimpleSpanProcessor } from "@opentelemetry/sdk-trace-base";
import { OTLPTraceExporter } from "../../src/otlp/mod.ts";
import { reply } from "../../src/testing/mod.ts";
import { pem, tlsPath } from "../otlp/tls_files.ts";
import { StackManager } from "../telemetry/stack_manager.ts";
import { ancestors, TRANSPORTS, withJoinedCli } from "./joined_cli.ts";

const SCRIPT = [reply.command("true"), "Done."];
const ALL = { traces: true, metrics: true, logs: true };

describe("the CLI's own telemetry", () => {
  before(() => context.setGlobalContextManager(new StackManager()));
  after(() => context.disable());

  for (const transport of TRANSPORTS) {
    it(`is part of the caller's trace, by ${transport}`, async () => {
      await withJoinedCli({ script: SCRIPT, codex: { transport, cli: { traces: true } } }, async (
        { codex, thread, collector, model, finish },
      ) => {
        const host = new BasicTracerProvider({
          spanProcessors: [
            new SimpleSpanProcessor(
              new OTLPTraceExporter({
                url: `${collector.url}/v1/traces`,
                // Deno runs test files in one process, whose environment others may be changing.
                platform: { env: () => ({}) },
              }),
            ),
          ],
        });
        const caller = host.getTracer("host").startSpan("request");
        const active = trace.setSpan(ROOT_CONTEXT, caller);
        await context.with(active, () => codex.startThread(thread).run("Go"));
        caller.end();
        await host.shutdown();
        await finish();

        const { spans } = collector;
        const { traceId } = caller.spanContext();
        const tool = spans.find(({ name }) => name.startsWith("execute_tool"));
        assert.deepEqual(ancestors(spans, tool!), ["invoke_agent codex", "request"]);
        const own = spans.find(({ name }) =>
          name === (transport === "exec" ? "codex.exec" : "turn/start")
        );
        assert.deepEqual(ancestors(spans, own!), ["invoke_agent codex", "request"]);
        assert.ok(spans.filter((span) => span.traceId === traceId).length > 100);
        assert.equal(model.requests.length, 2);
        for (const { headers } of model.requests) {
          assert.equal(headers["traceparent"]?.slice(3, 35), traceId);
        }
        assert.deepEqual([collector.logs, collector.metrics], [[], []]);
      });
    });

    it(`brings all signals, headers and the resource, by ${transport}`, async () => {
      const headers = { authorization: "Bearer a,b=c; d", "x-tenant": "é" };
      const resource = { "service.name": "host", team: "agents" };
      await withJoinedCli({
        script: SCRIPT,
        codex: { transport, cli: ALL },
        configure: { headers: { authorization: headers.authorization, "x-tenant": "t" }, resource },
      }, async ({ codex, thread, collector, finish }) => {
        await codex.startThread(thread).run("Go");
        await finish();
        const theirs = collector.requests.filter(({ headers }) =>
          !headers["user-agent"]?.includes("codex-otel")
        );
        for (const signal of ["traces", "metrics", "logs"]) {
          const sent = theirs.filter(({ path }) => path === `/v1/${signal}`);
          assert.ok(sent.length > 0, signal);
          for (const request of sent) {
            assert.equal(request.headers["authorization"], "Bearer a,b=c; d", signal);
            assert.equal(request.headers["x-tenant"], "t", signal);
          }
        }
        const own = collector.spans.find(({ name }) =>
          name !== "invoke_agent codex" && !name.startsWith("execute_tool")
        );
        assert.equal(own?.resource["team"], "agents");
        assert.notEqual(own?.resource["service.name"], "host");
      });
    });

    it(`keeps no span with the sampler always_off, by ${transport}`, async () => {
      await withJoinedCli({
        script: SCRIPT,
        codex: { transport, cli: { traces: true, sampler: "always_off" } },
      }, async ({ codex, thread, collector, finish }) => {
        await codex.startThread(thread).run("Go");
        await finish();
        assert.deepEqual(collector.spans.map(({ name }) => name).sort(), [
          "execute_tool exec_command true",
          "invoke_agent codex",
        ]);
      });
    });

    it(`is sent by mTLS with the same files, by ${transport}`, async () => {
      const tls = {
        caFile: tlsPath("ca.crt"),
        certFile: tlsPath("client.crt"),
        keyFile: tlsPath("client.key"),
      };
      await withJoinedCli({
        script: ["Done."],
        codex: { transport, cli: ALL },
        receiver: {
          tls: { cert: pem("server.crt"), key: pem("server.key"), clientCa: pem("ca.crt") },
        },
        configure: { tls },
      }, async ({ codex, thread, collector, finish }) => {
        await codex.startThread(thread).run("Go");
        await finish();
        assert.ok(collector.spans.length > 100);
        assert.ok(collector.logs.length > 0);
        assert.ok(collector.metrics.length > 0);
      });
    });

    it(`stays where the user's own config sends it, by ${transport}`, async () => {
      const endpoint = "http://127.0.0.1:9";
      await withJoinedCli({
        script: ["Done."],
        codex: { transport, cli: ALL },
        configure: { headers: { authorization: "Bearer ours" } },
        config: `[otel.trace_exporter.otlp-grpc]\nendpoint = "${endpoint}"\n`,
      }, async ({ codex, thread, collector, finish }) => {
        await codex.startThread(thread).run("Go");
        await finish();
        assert.deepEqual(collector.spans.map(({ name }) => name), ["invoke_agent codex"]);
        assert.ok(collector.logs.length > 0);
      });
    });
  }

  it("is off by default, and without effect where there is no collector", async () => {
    for (const cli of [undefined, ALL]) {
      await withJoinedCli({
        script: ["Done."],
        codex: { ...(cli ? { cli } : {}) },
        configure: cli ? { endpoint: "pid://local" } : {},
      }, async ({ codex, thread, collector, finish }) => {
        await codex.startThread(thread).run("Go");
        await finish();
        assert.equal(collector.requests.length, cli ? 0 : 1);
      });
    }
  });

  it("fails the turn where the CLI cannot be told of the collector", async () => {
    const tls = { cert: pem("server.crt"), key: pem("server.key") };
    const cases = [
      { receiver: { tls }, configure: { tls: { ca: pem("ca.crt") } } },
      { query: "/?key=hush" },
    ];
    for (const more of cases) {
      await withJoinedCli({ script: [], codex: { cli: ALL }, ...more }, async (
        { codex, thread },
      ) => {
        const turn = codex.startThread(thread).run("Go");
        await assert.rejects(turn, (error: Error & { code?: string }) => {
          assert.equal(error.code, "unsupported");
          assert.doesNotMatch(error.message, /hush|BEGIN/);
          return true;
        });
      });
    }
  });

  it("is left out, and that is announced, where the headers are not to be had", async () => {
    let calls = 0;
    const headers = () => {
      if (++calls === 1) throw new Error("hush");
      return { "x-call": String(calls) };
    };
    await withJoinedCli({ script: ["Done."], codex: { cli: ALL }, configure: { headers } }, async (
      { codex, thread, telemetry, collector, finish },
    ) => {
      const reasons: string[] = [];
      telemetry.attach("failures", "codex.telemetry.configure.failure", ({ metadata }) => {
        reasons.push(JSON.stringify(metadata));
      });
      assert.equal((await codex.startThread(thread).run("Go")).finalResponse, "Done.");
      await finish();
      assert.match(reasons.join(), /headers for the collector has failed/);
      assert.doesNotMatch(reasons.join(), /hush/);
      assert.deepEqual(collector.spans.map(({ name }) => name), ["invoke_agent codex"]);
    });
  });
});
