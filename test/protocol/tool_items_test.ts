import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { toolCallOf, toolOutcomeOf } from "../../src/protocol/tool_items.ts";

describe("toolCallOf()", () => {
  it("reads each kind of tool call, in any spelling", () => {
    const changes = [{ path: "a", kind: "add" }];
    const table: [Record<string, unknown>, unknown][] = [
      [
        { id: "1", type: "command_execution", command: "ls" },
        { id: "1", tool: "exec_command", type: "command", input: "ls" },
      ],
      [
        { id: "1", type: "command.execution", command: "ls" },
        { id: "1", tool: "exec_command", type: "command", input: "ls" },
      ],
      [
        { id: "2", type: "fileChange", changes },
        { id: "2", tool: "apply_patch", type: "file_change", input: changes },
      ],
      [
        { id: "3", type: "mcp_tool_call", server: "s", tool: "t", arguments: { a: 1 } },
        { id: "3", tool: "t", type: "mcp", input: { a: 1 }, server: "s" },
      ],
      [
        { id: "4", type: "dynamicToolCall", tool: "t", arguments: null },
        { id: "4", tool: "t", type: "dynamic", input: null },
      ],
      [
        { id: "5", type: "web_search", query: "q" },
        { id: "5", tool: "web_search", type: "web_search", input: "q" },
      ],
      [
        { type: "mcp_tool_call" },
        { id: "", tool: "unknown", type: "mcp", input: undefined },
      ],
    ];
    for (const [item, call] of table) assert.deepEqual(toolCallOf(item), call);
  });

  it("takes nothing else for a tool call", () => {
    for (
      const type of ["agent_message", "reasoning", "todo_list", "error", "constructor", 7, null]
    ) {
      assert.equal(toolCallOf({ id: "1", type }), undefined);
    }
    assert.equal(toolCallOf({}), undefined);
  });
});

describe("toolOutcomeOf()", () => {
  it("tells success from failure, and why", () => {
    const failed = (code: string, message = "It failed.") => ({ error: { code, message } });
    const table: [Record<string, unknown>, unknown][] = [
      [{ type: "command_execution", status: "completed", exit_code: 0 }, { exitCode: 0 }],
      [
        { type: "commandExecution", aggregatedOutput: "hi\n", exitCode: 0, status: "completed" },
        { exitCode: 0, output: "hi\n" },
      ],
      [
        { type: "command_execution", aggregated_output: "", exit_code: 3, status: "failed" },
        { output: "", exitCode: 3, ...failed("command_failed", "The command exited with code 3.") },
      ],
      [{ type: "command_execution", exit_code: null, status: "failed" }, failed("command_failed")],
      [{ type: "command_execution", status: "declined" }, failed("declined", "It was declined.")],
      [
        { type: "file_change", status: "failed", declined: true },
        failed("declined", "It was declined."),
      ],
      [{ type: "file_change", status: "completed" }, {}],
      [{ type: "file_change", status: "failed" }, failed("patch_failed")],
      [
        { type: "mcp_tool_call", status: "completed", result: { content: [] }, error: null },
        { output: { content: [] } },
      ],
      [
        { type: "mcp_tool_call", status: "failed", result: null, error: { message: "no" } },
        failed("mcp_tool_failed", "no"),
      ],
      [{ type: "mcp_tool_call", error: { message: "no" } }, failed("mcp_tool_failed", "no")],
      [
        { type: "dynamic_tool_call", contentItems: [1], status: "completed" },
        { output: [1] },
      ],
      [{ type: "web_search" }, {}],
      [{ type: "agent_message", status: "failed" }, {}],
    ];
    for (const [item, outcome] of table) assert.deepEqual(toolOutcomeOf(item), outcome);
  });
});
