import { tool } from "../../src/core/tools/tool.ts";
import type { ApprovalPolicy } from "../../src/core/approvals/policy.ts";
import type { ThreadOptions, TurnOptions } from "../../src/core/options.ts";
import type { Telemetry } from "../../src/telemetry/instance.ts";
import { catFixture, type CatFixtureOptions } from "../../src/testing/mod.ts";
import {
  type Behaviour,
  createFakeEngine,
  type FakeServer,
} from "../core/app_server/fake_server.ts";
import { createEngine } from "../core/engine.ts";

/** Drives one run to its end, whatever that is. */
export type Drive = (telemetry: Telemetry) => Promise<void>;

const START = [{ type: "thread.started", thread_id: "t1" }, { type: "turn.started" }];

const command = (type: string, more: object = {}) => ({
  type,
  item: {
    id: "c1",
    type: "command_execution",
    command: "npm test",
    aggregated_output: "",
    status: "in_progress",
    ...more,
  },
});

const TESTS_PASS = [
  command("item.started"),
  command("item.completed", { status: "completed", exit_code: 0 }),
];

const END = {
  type: "turn.completed",
  usage: {
    input_tokens: 30,
    cached_input_tokens: 0,
    cache_write_input_tokens: 4,
    output_tokens: 9,
    reasoning_output_tokens: 0,
  },
};

interface ExecOptions extends CatFixtureOptions {
  turn?: TurnOptions;
  /** Called with each event; answers whether to go on. */
  onEvent?: (type: string) => boolean;
}

/** A run by exec, of a program that prints these lines. */
function exec(lines: object[], { turn, onEvent, ...fixture }: ExecOptions = {}): Drive {
  return async (telemetry) => {
    using cli = catFixture([...START, ...lines], fixture);
    const { codex } = createEngine({ codexPathOverride: cli.path, telemetry });
    try {
      const { events } = await codex.startThread({ model: "gpt-5" }).runStreamed("Go", turn);
      for await (const { type } of events) if (onEvent && !onEvent(type)) break;
    } catch {
      // How it ends is for telemetry to tell.
    }
    await codex.close();
  };
}

/** Aborts when a command has started. */
async function aborted(telemetry: Telemetry): Promise<void> {
  const abort = new AbortController();
  const onEvent = (type: string) => {
    if (type === "item.started") abort.abort();
    return true;
  };
  const options = { lingerMs: 60_000, turn: { signal: abort.signal }, onEvent };
  await exec([command("item.started")], options)(telemetry);
}

/** A run over an app-server in memory, which has something to ask. */
function asked(thread: ThreadOptions, ask: (server: FakeServer, threadId: unknown) => void): Drive {
  const turnStart: Behaviour = (server, { threadId }) => {
    queueMicrotask(() => {
      server.notify("turn/started", { threadId, turn: { id: "turn-1", status: "inProgress" } });
      ask(server, threadId);
    });
    return { turn: { id: "turn-1" } };
  };
  return async (telemetry) => {
    const { codex } = createFakeEngine({
      behaviours: { "turn/start": turnStart },
      codex: { telemetry },
    });
    await codex.startThread({ model: "gpt-5", ...thread }).run("Go");
    await codex.close();
  };
}

/** Asks with a method, tells how the item ended by the answer, and ends the turn. */
function askAbout(
  method: string,
  { item, params = {}, outcome }: {
    item: Record<string, unknown>;
    params?: object;
    outcome: Record<string, unknown>;
  },
) {
  return (server: FakeServer, threadId: unknown) => {
    const about = { threadId, turnId: "turn-1" };
    server.notify("item/started", { ...about, item });
    const { onSend } = server.channel;
    server.channel.onSend = (message) => {
      onSend?.(message);
      if (message.id !== 99 || message.method !== undefined) return;
      server.notify("item/completed", { ...about, item: { ...item, ...outcome } });
      server.endTurn(threadId);
    };
    server.channel.receive({ id: 99, method, params: { ...about, ...params } });
  };
}

function approval(approvals: ApprovalPolicy, approvalTimeoutMs = 60_000): Drive {
  const item = { type: "commandExecution", id: "c1", command: "rm -r x", status: "inProgress" };
  return asked(
    { approvals, approvalTimeoutMs },
    askAbout("item/commandExecution/requestApproval", {
      item,
      params: { itemId: "c1" },
      outcome: { status: "declined" },
    }),
  );
}

function dynamicTool(): Drive {
  const add = tool({
    name: "add",
    description: "Adds",
    inputSchema: { type: "object", properties: {} },
    run: () => "3",
  });
  const item = {
    type: "dynamicToolCall",
    id: "d1",
    tool: "add",
    arguments: {},
    status: "inProgress",
  };
  return asked(
    { tools: [add] },
    askAbout("item/tool/call", {
      item,
      params: { callId: "d1", tool: "add", arguments: {} },
      outcome: { status: "completed", success: true, contentItems: [] },
    }),
  );
}

const mcp = (type: string, status: string, more: object = {}) => ({
  type,
  item: {
    id: "m1",
    type: "mcp_tool_call",
    server: "weather",
    tool: "forecast",
    arguments: {},
    status,
    ...more,
  },
});

/** Every way that a run can go. */
export const DRIVES: Record<string, Drive> = {
  "ok": exec([...TESTS_PASS, END]),
  "failed": exec([
    command("item.started"),
    command("item.completed", { status: "failed", exit_code: 1 }),
    { type: "turn.failed", error: { message: "no model" } },
  ], { exitCode: 1 }),
  "aborted": aborted,
  "early exit": exec([command("item.started"), END], {
    lingerMs: 60_000,
    onEvent: (type) => type !== "item.started",
  }),
  "crash": exec([command("item.started")], { signal: "KILL" }),
  "denied": approval(() => ({ deny: "not now" })),
  "timed out": exec([command("item.started")], { lingerMs: 60_000, turn: { timeoutMs: 500 } }),
  "approval timed out": approval(() => new Promise(() => {}), 5),
  "compacted": exec([
    { type: "turn/compaction/started" },
    { type: "turn/compaction/completed", compaction: { token_savings: 120 } },
    END,
  ]),
  "MCP": exec([
    mcp("item.started", "in_progress"),
    mcp("item.completed", "completed", { result: { content: [] } }),
    { ...mcp("item.started", "in_progress"), item: { ...mcp("", "in_progress").item, id: "m2" } },
    {
      ...mcp("item.completed", "failed"),
      item: { ...mcp("", "failed").item, id: "m2", error: { message: "no such city" } },
    },
    END,
  ]),
  "dynamic tool": dynamicTool(),
};
