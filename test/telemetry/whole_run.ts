import { Scenario } from "./scenario.ts";
import type { EventBus } from "../../src/events/bus.ts";

/** A run in which everything happens once, and which fails. Content says "secret". */
export function wholeRun(bus: EventBus, spanToken = "run-1"): void {
  const tool = {
    tool: "exec_command",
    tool_type: "command",
    call_id: "c",
    input: "cat secret",
  } as const;
  const mcp = { server_name: "s", tool: "t", call_id: "m", attempt: 1, arguments: { a: "secret" } };
  const approval = { tool: "exec_command", kind: "command", call_id: "c" };
  const process = { pid: 4711, command: "codex exec --json" };
  new Scenario(bus, { span_token: spanToken })
    .start({ model: "gpt-5", workflow: "review", input: "the secret" })
    .emit("codex.process.start", process)
    .know({ thread_id: "th", turn_id: "tu", labels: { team: "web" } })
    .at(100).emit("codex.approval.requested", approval)
    .at(600).end("codex.approval.approved", 500, { ...approval, decision: "accept" })
    .emit("codex.tool.start", tool)
    .at(850).end("codex.tool.success", 250, { ...tool, exit_code: 0, output: "secret" })
    .emit("codex.mcp.tool_call.start", mcp)
    .end("codex.mcp.tool_call.success", 1, { ...mcp, output: "secret" })
    .emit("codex.turn.compaction.started", { stage: "started" })
    .emit("codex.turn.compaction.completed", { stage: "completed", compaction: { a: "secret" } }, {
      token_savings: 5,
    })
    .emit("codex.thread.token_usage.updated", {
      usage: { input_tokens: 40, output_tokens: 9 },
      delta: { input_tokens: 30 },
    })
    .emit("codex.turn.diff.updated", { diff: "+secret" })
    .emit("codex.turn.warning", { kind: "retry", message: "Reconnecting... 1/2", http_status: 503 })
    .emit("codex.rate_limit.updated", { rate_limits: { primary: 4 } })
    .at(1000).end("codex.process.stop", 1000, { ...process, exit_code: 1, signal: null })
    .stop(1000, {
      result: "error",
      error: { code: "turn_failed", message: "no model" },
      output: "secret",
      usage: {
        input_tokens: 30,
        output_tokens: 0,
        cached_input_tokens: 20,
        cache_write_input_tokens: 3,
        reasoning_output_tokens: 0,
      },
    });
}
