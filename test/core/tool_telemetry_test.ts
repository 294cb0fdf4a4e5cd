import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ToolTelemetry } from "../../src/core/tool_telemetry.ts";
import { EventBus } from "../../src/events/bus.ts";
import { captureEvents } from "../../src/testing/mod.ts";

const RUN = { originator: "sdk" as const, span_token: "token", thread_id: "t1" };

function createTools() {
  const bus = new EventBus();
  const capture = captureEvents(bus);
  const time = { ms: 0 };
  const tools = new ToolTelemetry({
    sink: bus,
    clock: { monotonicMs: () => time.ms, wallMs: () => 1_000 + time.ms },
    metadata: () => RUN,
  });
  return { bus, capture, time, tools };
}

const command = { id: "1", type: "command_execution", command: "ls" };

describe("ToolTelemetry", () => {
  it("announces a command's start and end", () => {
    const { capture, time, tools } = createTools();
    tools.started(command);
    time.ms = 12;
    tools.completed({ ...command, aggregated_output: "a\n", exit_code: 0, status: "completed" });
    const metadata = {
      ...RUN,
      tool: "exec_command",
      tool_type: "command",
      call_id: "1",
      input: "ls",
    };
    assert.deepEqual(capture.events, [
      { name: "codex.tool.start", measurements: { system_time: 1_000 }, metadata },
      {
        name: "codex.tool.success",
        measurements: { duration: 12_000_000, duration_ms: 12, system_time: 1_012 },
        metadata: { ...metadata, exit_code: 0, output: "a\n" },
      },
    ]);
  });

  it("announces an MCP call twice: as a tool, and within that as an MCP call", () => {
    const { capture, tools } = createTools();
    const call = { id: "2", type: "mcp_tool_call", server: "s", tool: "t", arguments: { a: 1 } };
    tools.started(call);
    tools.completed({ ...call, status: "failed", error: { message: "no" }, result: null });
    const mcp = {
      ...RUN,
      server_name: "s",
      tool: "t",
      call_id: "2",
      arguments: { a: 1 },
      attempt: 1,
    };
    const tool = { ...RUN, tool: "t", tool_type: "mcp", call_id: "2", input: { a: 1 } };
    const error = { code: "mcp_tool_failed", message: "no" };
    assert.deepEqual(capture.events.map(({ name, metadata }) => [name, metadata]), [
      ["codex.tool.start", tool],
      ["codex.mcp.tool_call.start", mcp],
      ["codex.mcp.tool_call.failure", { ...mcp, error }],
      ["codex.tool.failure", { ...tool, error }],
    ]);
  });

  it("gives each start one end, whatever the producer does", () => {
    const scenarios: [string, (tools: ToolTelemetry) => void, string[]][] = [
      ["an end without a start", (tools) => tools.completed(command), ["start", "success"]],
      [
        "a start that is told twice",
        (tools) => {
          tools.started(command);
          tools.started(command);
          tools.completed(command);
        },
        ["start", "success"],
      ],
      [
        "calls that overlap",
        (tools) => {
          tools.started(command);
          tools.started({ ...command, id: "2" });
          tools.completed(command);
          tools.completed({ ...command, id: "2", exit_code: 1 });
        },
        ["start", "start", "success", "failure"],
      ],
      [
        "an item that changes its type",
        (tools) => {
          tools.started({ id: "1", type: "mcp_tool_call", server: "s", tool: "t" });
          tools.completed(command);
        },
        ["start", "mcp start", "mcp success", "success"],
      ],
      [
        "calls that are open at the end of the turn",
        (tools) => {
          tools.started(command);
          tools.started({ id: "2", type: "mcp_tool_call" });
          tools.endAll();
          tools.endAll();
        },
        ["start", "start", "mcp start", "failure", "mcp failure", "failure"],
      ],
      [
        "items that are no tools",
        (tools) => {
          tools.started({ id: "1", type: "reasoning" });
          tools.completed({ id: "1", type: "agent_message" });
        },
        [],
      ],
    ];
    for (const [title, play, names] of scenarios) {
      const { capture, tools } = createTools();
      play(tools);
      const short = capture.names.map((name) =>
        name.replace("codex.mcp.tool_call.", "mcp ").replace("codex.tool.", "")
      );
      assert.deepEqual(short, names, title);
    }
  });

  it("says why a call that was open failed", () => {
    const { capture, tools } = createTools();
    tools.started(command);
    tools.endAll();
    assert.deepEqual(capture.named("codex.tool.failure")[0]?.metadata.error, {
      code: "turn_ended",
      message: "The turn ended before the tool did.",
    });
  });

  it("ends what was announced also when its listeners are gone, and starts nothing for nobody", () => {
    const { bus, capture, tools } = createTools();
    tools.started(command);
    capture.stop();
    tools.started({ ...command, id: "2" });
    tools.completed(command);
    const later = captureEvents(bus);
    tools.endAll();
    assert.deepEqual(later.names, []);
  });
});
