import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { eventKind, itemKind } from "../../src/protocol/kinds.ts";

describe("eventKind()", () => {
  it("gives one spelling to all spellings of a type", () => {
    const table = {
      "item.started": ["item.started", "item/started"],
      "thread.token_usage.updated": [
        "thread.token_usage.updated",
        "thread/tokenUsage/updated",
        "thread.tokenUsage.updated",
        "thread/token_usage/updated",
      ],
      "item.agent_message.delta": ["item/agentMessage/delta", "item.agent_message.delta"],
      "account.rate_limits.updated": ["account/rateLimits/updated"],
      "turn.compaction.completed": ["turn/compaction/completed"],
      "something.from.the.future": ["something/from/the.future"],
      "": [""],
    };
    for (const [kind, spellings] of Object.entries(table)) {
      for (const spelling of spellings) {
        assert.equal(eventKind(spelling), kind);
        assert.equal(eventKind(spelling), kind, "the second time");
      }
    }
  });

  it("is still right after more spellings than it remembers", () => {
    for (let index = 0; index < 2000; index++) eventKind(`made/up${index}`);
    assert.equal(eventKind("late/comerType"), "late.comer_type");
  });
});

describe("itemKind()", () => {
  it("gives one spelling to all spellings of a type", () => {
    const table = {
      command_execution: ["command_execution", "commandExecution", "command.execution"],
      mcp_tool_call: ["mcp_tool_call", "mcpToolCall", "mcp.tool_call", "mcp-tool-call"],
      agent_message: ["agent.message", "agentMessage", "agent/message"],
      context_compaction: ["contextCompaction"],
    };
    for (const [kind, spellings] of Object.entries(table)) {
      for (const spelling of spellings) assert.equal(itemKind(spelling), kind);
    }
  });
});
