import type { TurnOptions } from "../../src/core/options.ts";
import type { Telemetry } from "../../src/telemetry/instance.ts";
import { catFixture, type CatFixtureOptions } from "../../src/testing/mod.ts";
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

/** Every way that a run by exec can go. */
export const EXEC_DRIVES: Record<string, Drive> = {
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
  "timed out": exec([command("item.started")], { lingerMs: 60_000, turn: { timeoutMs: 500 } }),
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
};
