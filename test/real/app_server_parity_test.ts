import assert from "node:assert/strict";
import { join } from "node:path";
import { describe, it } from "node:test";
import type { CodexOptions } from "../../src/core/options.ts";
import type { Turn } from "../../src/core/turn.ts";
import { isCodexError } from "../../src/errors.ts";
import type { AnyThreadEvent } from "../../src/protocol/events.ts";
import { asFields } from "../../src/protocol/fields.ts";
import { type ModelStep, reply } from "../../src/testing/mod.ts";
import { shopThread, withShop } from "./app_server_shop.ts";

const PATCH = "*** Begin Patch\n*** Add File: new.txt\n+new\n*** End Patch";

const FORECAST = (city: string) => reply.tool("forecast", { city }, { namespace: "mcp__weather" });

const RETRYING: CodexOptions["config"] = {
  model_providers: { scripted: { stream_max_retries: 1 } },
};

const WEATHER: CodexOptions["config"] = {
  mcp_servers: {
    weather: {
      command: "node",
      args: [join(import.meta.dirname!, "..", "fixtures", "weather_mcp.cjs")],
      default_tools_approval_mode: "approve",
    },
  },
};

interface Case {
  name: string;
  /** What the model says, turn by turn. */
  turns: ModelStep[][];
  config?: CodexOptions["config"];
  /** The message of the turns that fail. */
  failure?: RegExp;
}

const CASES: Case[] = [
  {
    name: "messages, a command that fails, a patch, and a second turn",
    turns: [
      [reply.command("echo hello; exit 3"), reply.patch(PATCH), "Done."],
      [reply.command("cat new.txt"), "Again."],
    ],
  },
  {
    name: "calls to an MCP server",
    turns: [[FORECAST("Oslo"), FORECAST("Nowhere"), "Sunny."]],
    config: WEATHER,
  },
  {
    name: "a model that fails, and goes on",
    turns: [[reply.failure("the model broke")], ["Better."]],
    failure: /the model broke/,
  },
  {
    name: "a server that fails",
    turns: [[reply.http(500, { body: '{"error":{"message":"boom"}}' })]],
    failure: /high demand/,
  },
  {
    name: "a stream that is cut, and cut again",
    turns: [[reply.cut("Half a"), reply.cut("Half a")]],
    config: RETRYING,
    failure: /stream disconnected/,
  },
  {
    name: "a stream that is cut once",
    turns: [[reply.cut("Half a"), "Whole."]],
    config: RETRYING,
  },
];

/** Events that only the app-server can give. */
const LIVE = new Set(["thread.token_usage.updated", "turn.diff.updated", "rate_limit.updated"]);

/** What both must say alike: the fields of exec, without ids and what time or place make of them. */
function summary(event: AnyThreadEvent): unknown[] {
  const { type, item, usage, error, message } = event as unknown as Record<string, unknown>;
  if (item !== undefined) return [type, summaryOfItem(asFields(item))];
  if (type === "turn.completed") return [type, onlyCounts(asFields(usage))];
  if (type === "turn.failed") return [type, asFields(error)["message"]];
  return message === undefined ? [type] : [type, message];
}

const ITEM_FIELDS = [
  "type",
  "text",
  "status",
  "command",
  "aggregated_output",
  "exit_code",
  "server",
  "tool",
  "arguments",
  "message",
];

function summaryOfItem(item: Readonly<Record<string, unknown>>) {
  const fields = ITEM_FIELDS.filter((name) => item[name] !== undefined);
  const { changes, result } = item;
  return {
    ...Object.fromEntries(fields.map((name) => [name, item[name]])),
    ...(Array.isArray(changes) ? { kinds: changes.map(({ kind }) => kind) } : {}),
    ...(result ? { content: asFields(result)["content"] } : {}),
  };
}

function onlyCounts(usage: Readonly<Record<string, unknown>>) {
  const { context_window: _, ...counts } = usage;
  return counts;
}

/** Runs the case over one transport: the events of each turn, then what `run()` makes of them. */
async function play(each: Case, transport: "exec" | "app-server") {
  const told: unknown[] = [];
  const script = [...each.turns.flat(), ...each.turns.flat()];
  await withShop(script, async ({ codex, folder, model }) => {
    const streamed = codex.startThread(shopThread(folder));
    for (const _ of each.turns) {
      const { events } = await streamed.runStreamed("Go");
      try {
        for await (const event of events) {
          if (isOfExec(event.type)) told.push(summary(event));
        }
      } catch (error) {
        // The process of a turn that failed does, too, which the official SDK throws after it.
        if (!each.failure || !isCodexError(error, "exec_failed")) throw error;
      }
    }
    const ran = codex.startThread(shopThread(folder));
    for (const _ of each.turns) {
      told.push(await ran.run("Go").then(summaryOfTurn, failureOf));
    }
    assert.deepEqual(model.problems, []);
  }, { transport, ...(each.config ? { config: each.config } : {}) });
  return told;
}

/** Exec has dots in the names of its events; those that only the app-server has are its own. */
function isOfExec(type: unknown): boolean {
  return !LIVE.has(String(type)) && !String(type).includes("/") &&
    type !== "user_message.completed" &&
    !/^[a-z]+[A-Z]/.test(String(type));
}

/** Without what the turn itself used, which exec does not know after a turn that failed. */
function summaryOfTurn({ items, finalResponse, usage }: Turn): unknown {
  return {
    items: items.map((item) => summaryOfItem(asFields(item))),
    finalResponse,
    usage: onlyCounts(asFields(usage)),
  };
}

function failureOf(error: unknown): unknown {
  assert.ok(isCodexError(error, "turn_failed"), String(error));
  return { failed: error.message };
}

describe("the two transports", () => {
  for (const each of CASES) {
    it(`say the same of ${each.name}`, { timeout: 60_000 }, async () => {
      const [exec, appServer] = await Promise.all([play(each, "exec"), play(each, "app-server")]);
      assert.deepEqual(appServer, exec);
      const failures = JSON.stringify(exec.filter((one) => asFields(one)["failed"]));
      if (each.failure) assert.match(failures, each.failure);
      else assert.equal(failures, "[]");
    });
  }

  it("differ in what exec cannot do, which it says", async () => {
    await withShop([], async ({ codex, folder, model }) => {
      const thread = codex.startThread(shopThread(folder));
      for (const call of [thread.compact(), thread.steer("more"), thread.interrupt()]) {
        await assert.rejects(call, (error) => isCodexError(error, "unsupported"));
      }
      const run = () => "";
      const tools = [{ name: "x", description: "", inputSchema: {}, timeoutMs: 1, run }];
      const equipped = codex.startThread({ ...shopThread(folder), tools });
      await assert.rejects(equipped.run("Go"), (error) => isCodexError(error, "unsupported"));
      assert.equal(model.requests.length, 0);
    }, { transport: "exec" });
  });
});
