import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { CodexError } from "../../src/errors.ts";
import { createTelemetry } from "../../src/telemetry/instance.ts";
import type { SemconvMode } from "../../src/telemetry/options.ts";
import { memoryExporter } from "../../src/telemetry/record_exporters.ts";
import type { SpanRecord } from "../../src/telemetry/span_record.ts";
import { Scenario, type SpanRow, treeOf } from "./scenario.ts";

/** The spans that a scenario leaves behind, and those that it leaves open. */
async function spansOf(
  play: (scenario: Scenario) => void,
  semconv: SemconvMode = "default",
): Promise<SpanRecord[]> {
  const telemetry = createTelemetry({ env: () => Promise.resolve({}) });
  const exporter = memoryExporter();
  await telemetry.configure({ enabled: true, exporter, semconv });
  play(new Scenario(telemetry));
  await telemetry.shutdown();
  return exporter.spans;
}

const TURN = {
  "gen_ai.operation.name": "invoke_agent",
  "gen_ai.provider.name": "openai",
  "gen_ai.agent.name": "codex",
  "codex.originator": "sdk",
  "codex.transport": "exec",
};

const ENDED = { "codex.thread.result": "ok", "codex.duration_ms": 100 };

const TOOL = { "gen_ai.operation.name": "execute_tool", "gen_ai.tool.type": "function" };

const COMMAND = { tool: "exec_command", tool_type: "command", call_id: "c1" } as const;

const COMMAND_SPAN = {
  ...TOOL,
  "gen_ai.tool.name": "exec_command",
  "gen_ai.tool.call.id": "c1",
  "process.executable.name": "touch",
};

const TOUCH = { ...COMMAND, input: "/bin/bash -lc 'touch x'" };

const TURN_ENDED = { code: "turn_ended", message: "The turn ended before the tool did." };

interface Case {
  what: string;
  play: (scenario: Scenario) => void;
  expected: SpanRow[];
}

const CASES: Case[] = [
  {
    what: "a turn that went well, with everything known about it",
    play: (scenario) =>
      scenario
        .start({
          model: "gpt-5",
          workflow: "review",
          group: "nightly",
          trace_sensitive: false,
          conversation_id: "conv",
          source: { repo: "a", pull: 7 },
          labels: { team: "web" },
        })
        .know({ thread_id: "th", turn_id: "tu", source: { repo: "a", pull: 7 } })
        .know({ labels: { team: "web", build: "12" } })
        .at(100).stop(100, {
          usage: {
            input_tokens: 10,
            cached_input_tokens: 4,
            output_tokens: 3,
            reasoning_output_tokens: 0,
          },
          early_exit: false,
        }),
    expected: [{
      name: "invoke_agent codex",
      from: 0,
      to: 100,
      attributes: {
        ...TURN,
        ...ENDED,
        "gen_ai.request.model": "gpt-5",
        "codex.workflow": "review",
        "codex.group": "nightly",
        "codex.trace.sensitive_data": false,
        "codex.conversation.id": "conv",
        "codex.source": '{"repo":"a","pull":7}',
        "codex.labels.team": "web",
        "codex.labels.build": "12",
        "gen_ai.conversation.id": "th",
        "codex.thread.id": "th",
        "codex.turn.id": "tu",
        "codex.thread.early_exit": false,
        "gen_ai.usage.input_tokens": 10,
        "gen_ai.usage.cache_read.input_tokens": 4,
        "gen_ai.usage.output_tokens": 3,
        "gen_ai.usage.reasoning.output_tokens": 0,
      },
    }],
  },
  {
    what: "a turn on a remote app-server",
    play: (scenario) =>
      scenario.start({ transport: "websocket", server_address: "codex.example", server_port: 443 })
        .at(100).stop(100, { transport: "websocket", response_model: "gpt-5-mini" }),
    expected: [{
      name: "invoke_agent codex",
      from: 0,
      to: 100,
      kind: "client",
      attributes: {
        ...TURN,
        ...ENDED,
        "codex.transport": "websocket",
        "server.address": "codex.example",
        "server.port": 443,
        "gen_ai.response.model": "gpt-5-mini",
      },
    }],
  },
  {
    what: "a turn that the agent reports as failed",
    play: (scenario) =>
      scenario.start().at(100).stop(100, {
        result: "error",
        error: { code: "turn_failed", message: "no such model" },
      }),
    expected: [{
      name: "invoke_agent codex",
      from: 0,
      to: 100,
      status: "error: no such model",
      attributes: {
        ...TURN,
        "codex.thread.result": "error",
        "codex.duration_ms": 100,
        "error.type": "turn_failed",
      },
      events: [["exception", 100, {
        "exception.type": "turn_failed",
        "exception.message": "no such model",
      }]],
    }],
  },
  {
    what: "a turn that its consumer left",
    play: (scenario) =>
      scenario.start().at(100).stop(100, { result: "early_exit", early_exit: true }),
    expected: [{
      name: "invoke_agent codex",
      from: 0,
      to: 100,
      attributes: {
        ...TURN,
        ...ENDED,
        "codex.thread.result": "early_exit",
        "codex.thread.early_exit": true,
      },
    }],
  },
  {
    what: "a command that succeeds and one that fails",
    play: (scenario) =>
      scenario.start()
        .at(10).emit("codex.tool.start", TOUCH)
        .at(30).end("codex.tool.success", 20, { ...TOUCH, exit_code: 0, output: "secret" })
        .at(40).emit("codex.tool.start", { ...COMMAND, call_id: "c2", input: ["false"] })
        .at(50).end("codex.tool.failure", 10, {
          ...COMMAND,
          call_id: "c2",
          exit_code: 1,
          error: { code: "command_failed", message: "The command exited with code 1." },
        })
        .at(100).stop(100),
    expected: [{
      name: "invoke_agent codex",
      from: 0,
      to: 100,
      attributes: { ...TURN, ...ENDED },
      children: [
        {
          name: "execute_tool exec_command touch",
          from: 10,
          to: 30,
          attributes: { ...COMMAND_SPAN, "process.exit.code": 0 },
        },
        {
          name: "execute_tool exec_command false",
          from: 40,
          to: 50,
          status: "error: The command exited with code 1.",
          attributes: {
            ...COMMAND_SPAN,
            "gen_ai.tool.call.id": "c2",
            "process.executable.name": "false",
            "process.exit.code": 1,
            "error.type": "command_failed",
          },
        },
      ],
    }],
  },
  {
    what: "a tool whose start was not told, and one that fails without saying why",
    play: (scenario) =>
      scenario.start()
        .at(30).end("codex.tool.success", 20, {
          tool: "web_search",
          tool_type: "web_search",
          call_id: "w",
          input: "secret query",
        })
        .at(40).emit("codex.tool.start", { tool: "t", tool_type: "dynamic", call_id: "d" })
        .at(50).end("codex.tool.failure", 10, { tool: "t", tool_type: "dynamic", call_id: "d" })
        .at(100).stop(100),
    expected: [{
      name: "invoke_agent codex",
      from: 0,
      to: 100,
      attributes: { ...TURN, ...ENDED },
      children: [
        {
          name: "execute_tool web_search",
          from: 10,
          to: 30,
          attributes: { ...TOOL, "gen_ai.tool.name": "web_search", "gen_ai.tool.call.id": "w" },
        },
        {
          name: "execute_tool t",
          from: 40,
          to: 50,
          status: "error: The tool failed.",
          attributes: {
            ...TOOL,
            "gen_ai.tool.name": "t",
            "gen_ai.tool.call.id": "d",
            "error.type": "_OTHER",
          },
        },
      ],
    }],
  },
  {
    what: "an MCP call, announced as a tool and as an MCP call, as one span",
    play: (scenario) => {
      const mcp = { server_name: "weather", tool: "forecast", call_id: "m", attempt: 1 };
      const tool = { tool: "forecast", tool_type: "mcp", call_id: "m", input: { city: "secret" } };
      scenario.start()
        .at(10).emit("codex.tool.start", tool).emit("codex.mcp.tool_call.start", mcp)
        .at(30).end("codex.mcp.tool_call.success", 20, { ...mcp, output: "secret" })
        .end("codex.tool.success", 20, { ...tool, output: "secret" })
        .at(100).stop(100);
    },
    expected: [{
      name: "invoke_agent codex",
      from: 0,
      to: 100,
      attributes: { ...TURN, ...ENDED },
      children: [{
        name: "execute_tool forecast",
        from: 10,
        to: 30,
        attributes: {
          ...TOOL,
          "gen_ai.tool.name": "forecast",
          "gen_ai.tool.call.id": "m",
          "mcp.method.name": "tools/call",
          "codex.mcp.server.name": "weather",
          "codex.mcp.attempt": 1,
        },
      }],
    }],
  },
  {
    what: "MCP events alone, a second attempt after a failed one, and a tool that follows them",
    play: (scenario) => {
      const mcp = { server_name: "weather", tool: "forecast", call_id: "m" };
      const error = { code: "mcp_tool_failed", message: "no answer" };
      const tool = { tool: "forecast", tool_type: "mcp", call_id: "m" };
      scenario.start()
        .at(10).emit("codex.mcp.tool_call.start", { ...mcp, attempt: 1 })
        .at(20).end("codex.mcp.tool_call.failure", 10, { ...mcp, attempt: 1, error })
        .at(30).emit("codex.mcp.tool_call.start", { ...mcp, attempt: 2 })
        .emit("codex.tool.start", tool)
        .at(50).end("codex.tool.success", 20, tool)
        .end("codex.mcp.tool_call.success", 20, { ...mcp, attempt: 2 })
        .at(100).stop(100);
    },
    expected: [{
      name: "invoke_agent codex",
      from: 0,
      to: 100,
      attributes: { ...TURN, ...ENDED },
      children: [
        {
          name: "execute_tool forecast",
          from: 10,
          to: 20,
          status: "error: no answer",
          attributes: {
            ...TOOL,
            "gen_ai.tool.name": "forecast",
            "gen_ai.tool.call.id": "m",
            "mcp.method.name": "tools/call",
            "codex.mcp.server.name": "weather",
            "codex.mcp.attempt": 1,
            "error.type": "mcp_tool_failed",
          },
        },
        {
          name: "execute_tool forecast",
          from: 30,
          to: 50,
          attributes: {
            ...TOOL,
            "gen_ai.tool.name": "forecast",
            "gen_ai.tool.call.id": "m",
            "mcp.method.name": "tools/call",
            "codex.mcp.server.name": "weather",
            "codex.mcp.attempt": 2,
          },
        },
      ],
    }],
  },
  {
    what: "approvals that are given, denied and timed out",
    play: (scenario) => {
      const approval = (call_id: string) => ({ tool: "exec_command", kind: "command", call_id });
      scenario.start()
        .at(10).emit("codex.approval.requested", approval("a"))
        .at(20).end("codex.approval.approved", 10, { ...approval("a"), decision: "accept" })
        .at(30).emit("codex.approval.requested", approval("b"))
        .at(40).end("codex.approval.denied", 10, { ...approval("b"), reason: "secret" })
        .at(50).emit("codex.approval.requested", approval("c"))
        .at(60).end("codex.approval.timeout", 10, { ...approval("c"), decision: "deny" })
        .at(100).stop(100);
    },
    expected: [{
      name: "invoke_agent codex",
      from: 0,
      to: 100,
      attributes: { ...TURN, ...ENDED },
      children: [["a", "accept", 10], ["b", "denied", 30], ["c", "timeout", 50]].map(
        ([call_id, decision, from]) => ({
          name: "codex.approval",
          from: Number(from),
          to: Number(from) + 10,
          attributes: {
            "codex.approval.kind": "command",
            "codex.approval.decision": decision,
            "codex.tool.name": "exec_command",
            "codex.tool.call_id": call_id,
          },
        }),
      ),
    }],
  },
  {
    what: "compactions: one that completes, one that fails, one whose start was not told",
    play: (scenario) =>
      scenario.start()
        .at(10).emit("codex.turn.compaction.started", { stage: "started" })
        .at(20).emit("codex.turn.compaction.completed", { stage: "completed" }, {
          token_savings: 9,
        })
        .at(30).emit("codex.turn.compaction.started", { stage: "started" })
        .at(40).emit("codex.turn.compaction.failed", { stage: "failed" })
        .at(50).emit("codex.turn.compaction.completed", { stage: "completed" })
        .at(100).stop(100),
    expected: [{
      name: "invoke_agent codex",
      from: 0,
      to: 100,
      attributes: { ...TURN, ...ENDED, "gen_ai.conversation.compacted": true },
      children: [
        {
          name: "codex.compaction",
          from: 10,
          to: 20,
          attributes: {
            "codex.compaction.stage": "completed",
            "codex.compaction.token_savings": 9,
          },
        },
        {
          name: "codex.compaction",
          from: 30,
          to: 40,
          status: "error: The compaction failed.",
          attributes: {
            "codex.compaction.stage": "failed",
            "error.type": "compaction_failed",
          },
        },
        {
          name: "codex.compaction",
          from: 50,
          to: 50,
          attributes: { "codex.compaction.stage": "completed" },
        },
      ],
    }],
  },
  {
    what: "token usage, diffs, rate limits and warnings as events of the turn, without content",
    play: (scenario) =>
      scenario.start()
        .at(10).emit("codex.thread.token_usage.updated", {
          usage: { input_tokens: 20, output_tokens: 0 },
          delta: { input_tokens: 5 },
          context_window: 1000,
        })
        .at(20).emit("codex.turn.diff.updated", { diff: "+secret" })
        .at(30).emit("codex.rate_limit.updated", { rate_limits: { primary: { used_percent: 4 } } })
        .at(40).emit("codex.turn.warning", {
          kind: "retry",
          message: `Reconnecting... 1/2 (refused ${"sk-" + "planted0123456789abcdef"})`,
          code: "response_stream_disconnected",
          http_status: 503,
        })
        .at(100).stop(100),
    expected: [{
      name: "invoke_agent codex",
      from: 0,
      to: 100,
      attributes: { ...TURN, ...ENDED },
      events: [
        ["codex.thread.token_usage.updated", 10, {
          "codex.usage.total.input_tokens": 20,
          "codex.usage.total.output_tokens": 0,
          "codex.usage.delta.input_tokens": 5,
          "codex.context_window": 1000,
        }],
        ["codex.turn.diff.updated", 20, { "codex.diff.length": 7 }],
        ["codex.rate_limit.updated", 30, { "codex.rate_limits": '{"primary":{"used_percent":4}}' }],
        ["codex.turn.warning", 40, {
          "codex.warning.kind": "retry",
          "codex.warning.message": "Reconnecting... 1/2 (refused [redacted])",
          "codex.warning.code": "response_stream_disconnected",
          "http.response.status_code": 503,
        }],
      ],
    }],
  },
  {
    what: "a turn that ends with a tool told as ended by it, and an approval still open",
    play: (scenario) =>
      scenario.start()
        .at(10).emit("codex.tool.start", TOUCH)
        .at(20).emit("codex.approval.requested", { tool: "t", kind: "command", call_id: "a" })
        .at(100).end("codex.tool.failure", 90, { ...TOUCH, error: TURN_ENDED })
        .stop(100),
    expected: [{
      name: "invoke_agent codex",
      from: 0,
      to: 100,
      attributes: { ...TURN, ...ENDED },
      children: [
        {
          name: "execute_tool exec_command touch",
          from: 10,
          to: 100,
          status: "error: The turn ended before the tool did.",
          attributes: { ...COMMAND_SPAN, "error.type": "turn_ended", "codex.unfinished": true },
        },
        {
          name: "codex.approval",
          from: 20,
          to: 100,
          attributes: {
            "codex.approval.kind": "command",
            "codex.tool.name": "t",
            "codex.tool.call_id": "a",
            "codex.unfinished": true,
          },
        },
      ],
    }],
  },
  {
    what: "a run that never ends, cut off by the shutdown",
    play: (scenario) =>
      scenario.start().know({ thread_id: "th" })
        .at(10).emit("codex.tool.start", TOUCH)
        .at(40).know({ labels: { team: "web" } })
        .emit("codex.turn.diff.updated", { diff: "" }),
    expected: [{
      name: "invoke_agent codex",
      from: 0,
      to: 40,
      attributes: {
        ...TURN,
        "codex.thread.id": "th",
        "gen_ai.conversation.id": "th",
        "codex.labels.team": "web",
        "codex.unfinished": true,
      },
      events: [["codex.turn.diff.updated", 40, { "codex.diff.length": 0 }]],
      children: [{
        name: "execute_tool exec_command touch",
        from: 10,
        to: 40,
        attributes: { ...COMMAND_SPAN, "codex.unfinished": true },
      }],
    }],
  },
  {
    what: "nothing of a run with tracing disabled, nor of one whose start was not seen",
    play: (scenario) => {
      scenario.at(10).emit("codex.tool.start", TOUCH).stop(100);
      scenario.start({ tracing_disabled: true })
        .at(10).emit("codex.tool.start", TOUCH)
        .at(100).stop(100, { tracing_disabled: true });
    },
    expected: [],
  },
];

describe("spans", () => {
  for (const { what, play, expected } of CASES) {
    it(`tell ${what}`, async () => {
      const spans = await spansOf(play);
      assert.deepEqual(treeOf(spans), expected);
      assert.equal(JSON.stringify(treeOf(spans)).includes("secret"), false);
    });
  }

  it("record what was thrown, with its stack, and mark what it cut off", async () => {
    const reason = new CodexError("aborted", "The run was aborted.", { details: {} });
    const [tool, turn] = await spansOf((scenario) =>
      scenario.start()
        .at(10).emit("codex.tool.start", TOUCH)
        .at(100).end("codex.thread.exception", 100, {
          transport: "exec",
          result: "error",
          reason,
          error: { code: "aborted", message: reason.message },
          usage: { input_tokens: 0 },
        })
    );
    assert.deepEqual(turn?.status, { code: "error", message: "The run was aborted." });
    assert.deepEqual(turn?.attributes, {
      ...TURN,
      "codex.thread.result": "error",
      "codex.duration_ms": 100,
      "error.type": "aborted",
      "gen_ai.usage.input_tokens": 0,
    });
    assert.deepEqual(turn?.events.map(({ name, attributes }) => [name, attributes]), [[
      "exception",
      {
        "exception.type": "aborted",
        "exception.message": "The run was aborted.",
        "exception.stacktrace": reason.stack,
      },
    ]]);
    assert.deepEqual(tool?.status, turn?.status);
    assert.deepEqual(tool?.attributes, {
      ...COMMAND_SPAN,
      "codex.unfinished": true,
      "error.type": "aborted",
    });
    assert.equal(tool?.endUnixNano, turn?.endUnixNano);
  });

  it("have the newest names where they are asked for", async () => {
    const usage = { cache_write_input_tokens: 7 };
    const names = async (mode: SemconvMode) => {
      const [turn] = await spansOf((scenario) => scenario.start().stop(1, { usage }), mode);
      return Object.keys(turn?.attributes ?? {}).filter((name) => name.includes("usage"));
    };
    assert.deepEqual(await names("default"), ["gen_ai.usage.cache_creation.input_tokens"]);
    assert.deepEqual(await names("gen_ai_latest_experimental"), [
      "gen_ai.usage.cache_write.input_tokens",
    ]);
  });

  it("keep two runs at the same time apart", async () => {
    const telemetry = createTelemetry({ env: () => Promise.resolve({}) });
    const exporter = memoryExporter();
    await telemetry.configure({ enabled: true, exporter });
    const a = new Scenario(telemetry, { span_token: "a", thread_id: "a" }).start();
    const b = new Scenario(telemetry, { span_token: "b", thread_id: "b" }).start();
    a.at(1).emit("codex.tool.start", TOUCH);
    b.at(2).emit("codex.tool.start", TOUCH);
    b.at(3).end("codex.tool.success", 1, TOUCH).stop(3);
    a.at(4).end("codex.tool.success", 3, TOUCH).stop(4);
    const [toolB, turnB, toolA, turnA] = exporter.spans;
    assert.equal(toolA?.parentSpanId, turnA?.spanId);
    assert.equal(toolB?.parentSpanId, turnB?.spanId);
    assert.notEqual(turnA?.traceId, turnB?.traceId);
    assert.equal(turnB?.attributes["codex.thread.id"], "b");
    await telemetry.shutdown();
  });
});
