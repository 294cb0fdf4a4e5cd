import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  InMemoryLogRecordExporter,
  LoggerProvider,
  SimpleLogRecordProcessor,
} from "@opentelemetry/sdk-logs";
import { CodexError } from "../../src/errors.ts";
import { createTelemetry } from "../../src/telemetry/instance.ts";
import type { ConfigureOptions } from "../../src/telemetry/options.ts";
import { memoryExporter } from "../../src/telemetry/record_exporters.ts";
import { type OtlpReceiver, otlpReceiver, type ReceivedLog } from "../../src/testing/mod.ts";
import { Scenario, START_MS } from "./scenario.ts";
import { wholeRun } from "./whole_run.ts";

/** What arrives of a run. */
async function received(
  options: ConfigureOptions = {},
  play: typeof wholeRun = wholeRun,
): Promise<OtlpReceiver> {
  const receiver = await otlpReceiver();
  const telemetry = createTelemetry({ env: () => Promise.resolve({}) });
  await telemetry.configure({
    enabled: true,
    endpoint: receiver.url,
    signals: ["traces", "logs"],
    ...options,
  });
  play(telemetry);
  await telemetry.shutdown();
  await receiver.close();
  return receiver;
}

function find(logs: ReceivedLog[], name: string): ReceivedLog {
  return logs.find(({ eventName }) => eventName === name) ?? assert.fail(`${name} is missing`);
}

describe("logs", () => {
  it("hold every event of a run, with its severity, in its order", async () => {
    const { logs } = await received();
    assert.deepEqual(logs.map(({ eventName, severityText }) => [eventName, severityText]), [
      ["codex.thread.start", "INFO"],
      ["codex.process.start", "DEBUG"],
      ["codex.approval.requested", "DEBUG"],
      ["codex.approval.approved", "DEBUG"],
      ["codex.tool.start", "DEBUG"],
      ["codex.tool.success", "DEBUG"],
      ["codex.mcp.tool_call.start", "DEBUG"],
      ["codex.mcp.tool_call.success", "DEBUG"],
      ["codex.turn.compaction.started", "DEBUG"],
      ["codex.turn.compaction.completed", "DEBUG"],
      ["codex.thread.token_usage.updated", "DEBUG"],
      ["codex.turn.diff.updated", "DEBUG"],
      ["codex.turn.warning", "WARN"],
      ["codex.rate_limit.updated", "DEBUG"],
      ["codex.process.stop", "DEBUG"],
      ["codex.thread.stop", "WARN"],
    ]);
    assert.equal(logs[0]?.severityNumber, 9);
    assert.equal(logs[0]?.body, "codex.thread.start");
    assert.equal(logs[0]?.timeUnixNano, BigInt(START_MS) * 1_000_000n);
  });

  it("are joined to the spans they belong to", async () => {
    const { logs, spans } = await received();
    const turn = spans.find(({ name }) => name === "invoke_agent codex");
    const tool = spans.find(({ name }) => name === "execute_tool exec_command cat");
    const approval = spans.find(({ name }) => name === "codex.approval");
    assert.ok(logs.every(({ traceId }) => traceId === turn?.traceId));
    const spanOf = (name: string) => find(logs, name).spanId;
    assert.equal(spanOf("codex.thread.start"), turn?.spanId);
    assert.equal(spanOf("codex.thread.stop"), turn?.spanId);
    assert.equal(spanOf("codex.tool.start"), tool?.spanId);
    assert.equal(spanOf("codex.tool.success"), tool?.spanId);
    assert.equal(spanOf("codex.approval.requested"), approval?.spanId);
    assert.equal(spanOf("codex.approval.approved"), approval?.spanId);
  });

  it("say what the events say, without content", async () => {
    const { logs } = await received();
    assert.deepEqual(find(logs, "codex.thread.stop").attributes, {
      "error.type": "turn_failed",
      "exception.message": "no model",
      "codex.duration_ms": 1000,
      "codex.originator": "sdk",
      "codex.thread.id": "th",
      "codex.turn.id": "tu",
      "codex.labels.team": "web",
      "codex.result": "error",
      "codex.transport": "exec",
      "codex.output_length": 6,
      "codex.usage.input_tokens": 30,
      "codex.usage.output_tokens": 0,
      "codex.usage.cached_input_tokens": 20,
      "codex.usage.cache_write_input_tokens": 3,
      "codex.usage.reasoning_output_tokens": 0,
    });
    assert.deepEqual(find(logs, "codex.turn.warning").attributes, {
      "codex.originator": "sdk",
      "codex.thread.id": "th",
      "codex.turn.id": "tu",
      "codex.labels.team": "web",
      "codex.kind": "retry",
      "codex.message": "Reconnecting... 1/2",
      "http.response.status_code": 503,
    });
    assert.deepEqual(find(logs, "codex.tool.success").attributes, {
      "codex.duration_ms": 250,
      "codex.originator": "sdk",
      "codex.thread.id": "th",
      "codex.turn.id": "tu",
      "codex.labels.team": "web",
      "gen_ai.tool.name": "exec_command",
      "codex.tool_type": "command",
      "gen_ai.tool.call.id": "c",
      "codex.input_length": 10,
      "codex.output_length": 6,
      "process.exit.code": 0,
    });
    const text = JSON.stringify(logs, (_, value) => typeof value === "bigint" ? 0 : value);
    assert.equal(text.includes("secret"), false);
  });

  it("show content by its switches, cut and masked", async () => {
    const key = "sk-" + "planted0123456789abcdef";
    const { logs } = await received({
      content: { prompts: true, toolOutput: true, maxLength: 20 },
    }, (bus) => wholeRun(bus));
    assert.equal(find(logs, "codex.thread.start").attributes["codex.input"], "the secret");
    assert.equal(find(logs, "codex.tool.success").attributes["codex.output"], "secret");
    assert.equal(find(logs, "codex.tool.start").attributes["codex.input"], undefined);
    const masked = await received({ content: { prompts: true, maxLength: 14 } }, (bus) => {
      new Scenario(bus).start({ input: `Use ${key} now` }).stop(1);
    });
    assert.equal(
      find(masked.logs, "codex.thread.start").attributes["codex.input"],
      "Use [redacted]",
    );
  });

  it("follow a run's own switch to its last event", async () => {
    const tool = { tool: "t", tool_type: "dynamic", call_id: "c", input: "args" };
    const { logs } = await received({}, (bus) => {
      new Scenario(bus, { span_token: "a" }).start({ trace_sensitive: true, input: "shown" })
        .emit("codex.tool.start", tool).stop(1, { output: "shown, too" });
      new Scenario(bus, { span_token: "a" }).start({ input: "hidden" });
    });
    assert.equal(find(logs, "codex.thread.start").attributes["codex.input"], "shown");
    assert.equal(find(logs, "codex.tool.start").attributes["codex.input"], "args");
    assert.equal(find(logs, "codex.thread.stop").attributes["codex.output"], "shown, too");
    assert.equal(logs.at(-1)?.attributes["codex.input"], undefined);
  });

  it("tell an exception at error, and a failed handler without what it threw", async () => {
    const reason = new CodexError("aborted", "The run was aborted.", { details: {} });
    const { logs } = await received({}, (bus) => {
      bus.attach("bad", "codex.thread.start", () => {
        throw new Error("secret");
      });
      new Scenario(bus).start().at(5).end("codex.thread.exception", 5, {
        transport: "exec",
        result: "error",
        reason,
        error: { code: "aborted", message: reason.message },
      });
    });
    const exception = find(logs, "codex.thread.exception");
    assert.equal(exception.severityText, "ERROR");
    assert.equal(exception.attributes["error.type"], "aborted");
    const failure = find(logs, "codex.telemetry.handler.failure");
    assert.equal(failure.severityText, "WARN");
    assert.deepEqual(failure.attributes, {
      "codex.originator": "sdk",
      "codex.count": 1,
      "codex.handler_id": "bad",
      "codex.event": "codex.thread.start",
    });
  });

  it("write nothing about their own export, which would never end", async () => {
    const receiver = await otlpReceiver();
    receiver.respondWith({ status: 400 }, { times: Infinity });
    const telemetry = createTelemetry({ env: () => Promise.resolve({}) });
    let dropped = 0;
    telemetry.attach("watch", "codex.telemetry.export.dropped", ({ measurements }) => {
      dropped += measurements.count;
    });
    await telemetry.configure({ enabled: true, endpoint: receiver.url, signals: ["logs"] });
    wholeRun(telemetry);
    const status = await telemetry.flush();
    assert.equal(status.lastError?.status, 400);
    assert.equal(dropped, 16);
    await telemetry.flush();
    assert.equal(receiver.requests.length, 1);
    await telemetry.shutdown();
    await receiver.close();
  });

  it("go to the host's provider where one is given, which is not shut down", async () => {
    const exporter = new InMemoryLogRecordExporter();
    const loggerProvider = new LoggerProvider({
      processors: [new SimpleLogRecordProcessor({ exporter })],
    });
    const telemetry = createTelemetry({ env: () => Promise.resolve({}) });
    const options = { enabled: true, exporter: memoryExporter(), loggerProvider };
    assert.deepEqual((await telemetry.configure(options)).signals, ["traces", "logs"]);
    wholeRun(telemetry);
    await telemetry.shutdown();
    const [first] = exporter.getFinishedLogRecords();
    assert.equal(first?.eventName, "codex.thread.start");
    assert.equal(first?.spanContext?.traceId, options.exporter.spans[0]?.traceId);
    await loggerProvider.shutdown();
  });
});
