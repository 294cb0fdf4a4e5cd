import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  TurnConverter,
  type TurnConverterOptions,
} from "../../../src/protocol/app_server/convert.ts";
import { ZERO_COUNTS } from "../../../src/protocol/counts.ts";
import { asFields, type Fields } from "../../../src/protocol/fields.ts";
import { type ExecEvent, notificationsOf } from "./transcripts.ts";

const TURN = { threadId: "t1", turnId: "u1" };
const IDS = { thread_id: "t1", turn_id: "u1" };

function started(options: TurnConverterOptions = {}): TurnConverter {
  const converter = new TurnConverter(options);
  converter.convert("turn/started", { threadId: "t1", turn: { id: "u1", status: "inProgress" } });
  return converter;
}

function convertTurns(name: string, options: TurnConverterOptions = {}): ExecEvent[][] {
  let converter = new TurnConverter({ base: ZERO_COUNTS, ...options });
  const turns: ExecEvent[][] = [[]];
  for (const { method, params } of notificationsOf(name)) {
    if (converter.isOver && method === "turn/started") {
      converter = new TurnConverter({ base: converter.total, ...options });
      turns.push([]);
    }
    turns.at(-1)!.push(...converter.convert(method, params) as unknown as ExecEvent[]);
  }
  return turns;
}

const named = (events: readonly ExecEvent[], ...types: string[]) =>
  events.filter(({ type }) => types.includes(type));

const itemsOf = (events: readonly ExecEvent[], itemType: string) =>
  events.filter(({ item }) => asFields(item)["type"] === itemType)
    .map(({ type, item }) => ({ event: type, ...asFields(item) })) as Record<string, unknown>[];

const counts = (input: number, output: number) => ({
  input_tokens: input,
  cached_input_tokens: 0,
  cache_write_input_tokens: 0,
  output_tokens: output,
  reasoning_output_tokens: 0,
});

const usageParams = (turnId: string, inputTokens: number): Fields => ({
  threadId: "t1",
  turnId,
  tokenUsage: {
    total: { inputTokens, cachedInputTokens: 0, cacheWriteInputTokens: 0, outputTokens: 0 },
    last: { inputTokens: 1 },
    modelContextWindow: 1000,
  },
});

describe("TurnConverter", () => {
  it("begins with thread.started once, whoever tells of the thread", () => {
    const converter = new TurnConverter();
    const thread = { id: "t1", model: "gpt-5.5", cwd: "/w", path: null, preview: "a prompt" };
    assert.deepEqual(converter.threadStarted(thread), [
      { type: "thread.started", thread_id: "t1", model: "gpt-5.5", cwd: "/w" },
    ]);
    assert.deepEqual(converter.convert("thread/started", { thread }), []);
  });

  it("takes the turn's id from turn/started, or before it from accept()", () => {
    assert.equal(started().turnId, "u1");
    const converter = new TurnConverter();
    converter.accept("u2");
    const other = { threadId: "t1", turn: { id: "u1" } };
    assert.deepEqual(converter.convert("turn/started", other), []);
    assert.equal(converter.turnId, "u2");
  });

  it("leaves out what is of another turn, its end too", () => {
    const converter = started();
    const item = { type: "plan", id: "p", text: "x" };
    assert.deepEqual(
      converter.convert("item/started", { threadId: "t1", turnId: "u0", item }),
      [],
    );
    const end = { threadId: "t1", turn: { id: "u0", status: "completed" } };
    assert.deepEqual(converter.convert("turn/completed", end), []);
    assert.equal(converter.isOver, false);
  });

  it("passes on what it has no event for", () => {
    const params = { ...TURN, type: "of its own", payload: { deepName: [1] } };
    assert.deepEqual(started().convert("something/fromTheFuture", params), [
      { ...params, type: "something/fromTheFuture" },
    ]);
  });

  it("tells of a command with its times, its folder and its wait for an approval", () => {
    const [events] = convertTurns("command_approved");
    const [begun, ended] = itemsOf(events!, "command_execution");
    assert.equal(begun!["event"], "item.started");
    assert.equal(begun!["status"], "in_progress");
    assert.equal(begun!["exit_code"], null);
    assert.equal(begun!["aggregated_output"], "");
    assert.equal(typeof begun!["started_at_ms"], "number");
    assert.equal(ended!["event"], "item.completed");
    assert.equal(ended!["status"], "completed");
    assert.equal(ended!["exit_code"], 0);
    assert.equal(ended!["cwd"], "/tmp/codex-otel-recording/work");
    assert.equal(typeof ended!["duration_ms"], "number");
    assert.equal(typeof ended!["completed_at_ms"], "number");
    assert.deepEqual(Object.keys(ended!).filter((name) => /[A-Z]/.test(name)), []);
    assert.ok(Object.values(ended!).every((value) => value !== undefined));
  });

  for (
    const [name, type] of [
      ["command_declined", "command_execution"],
      ["patch_declined", "file_change"],
    ] as const
  ) {
    it(`says that what was declined failed: ${name}`, () => {
      const [events] = convertTurns(name);
      const ended = itemsOf(events!, type).at(-1);
      assert.equal(ended?.["event"], "item.completed");
      assert.equal(ended?.["status"], "failed");
      assert.equal(ended?.["declined"], true);
    });
  }

  it("keeps the diff of each change, and where a file moved", () => {
    const [events] = convertTurns("patch_approved");
    const path = "/tmp/codex-otel-recording/work/new.txt";
    assert.deepEqual(itemsOf(events!, "file_change").at(-1)?.["changes"], [
      { path, kind: "add", diff: "new\n" },
    ]);
    const changes = [{ path: "a", kind: { type: "update", move_path: "b" }, diff: "" }];
    assert.deepEqual(
      started().convert("item/fileChange/patchUpdated", { ...TURN, itemId: "f", changes }),
      [{
        type: "item.updated",
        ...IDS,
        item: {
          id: "f",
          type: "file_change",
          changes: [{ path: "a", kind: "update", diff: "", move_path: "b" }],
          status: "in_progress",
        },
      }],
    );
  });

  it("tells of the diff of the turn", () => {
    const [events] = convertTurns("patch_approved");
    const diffs = named(events!, "turn.diff.updated");
    assert.ok(diffs.length > 0);
    assert.match(String(diffs[0]!["diff"]), /^diff --git a\/new.txt b\/new.txt/);
    assert.equal(typeof diffs[0]!["turn_id"], "string");
  });

  it("tells of calls of dynamic tools, with what they answered", () => {
    const [events] = convertTurns("dynamic_tool");
    const [, good, , bad] = itemsOf(events!, "dynamic_tool_call");
    assert.equal(good!["tool"], "lookup_ticket");
    assert.deepEqual(good!["arguments"], { id: "ABC-1" });
    assert.deepEqual(good!["content_items"], [{
      type: "inputText",
      text: "Ticket ABC-1 is open.",
    }]);
    assert.deepEqual([good!["status"], good!["success"]], ["completed", true]);
    assert.deepEqual([bad!["status"], bad!["success"]], ["failed", false]);
  });

  it("leaves the arguments and results of calls as they are", () => {
    const item = {
      type: "mcpToolCall",
      id: "m",
      server: "s",
      tool: "t",
      status: "completed",
      arguments: { camelCase: null },
      result: { content: [], structuredContent: { innerName: 1 }, _meta: { someKey: 2 } },
      error: null,
    };
    const [event] = started().convert("item/completed", { ...TURN, item });
    assert.deepEqual(event, {
      type: "item.completed",
      ...IDS,
      item: {
        id: "m",
        type: "mcp_tool_call",
        server: "s",
        tool: "t",
        status: "completed",
        arguments: { camelCase: null },
        result: { content: [], structured_content: { innerName: 1 }, _meta: { someKey: 2 } },
        error: null,
      },
    });
  });

  it("tells why a declined MCP call failed", () => {
    const [events] = convertTurns("elicitation_declined");
    const ended = itemsOf(events!, "mcp_tool_call").at(-1);
    assert.equal(ended?.["status"], "failed");
    assert.deepEqual(ended?.["error"], { message: "user rejected MCP tool call" });
  });

  it("tells of what the user said apart from the items, steering too", () => {
    const [events] = convertTurns("steered");
    const said = named(events!, "user_message.completed").map(({ item }) =>
      asFields((asFields(item)["content"] as Fields[])[0])["text"]
    );
    assert.deepEqual(said, ["Do that", "And this too"]);
    assert.deepEqual(itemsOf(named(events!, "item.started", "item.completed"), "user_message"), []);
  });

  it("gives no pieces unless they are asked for", () => {
    const [events] = convertTurns("deltas");
    assert.deepEqual(named(events!, "item.started", "item.updated"), []);
    assert.ok(events!.every(({ type }) => !/delta|summaryPart/i.test(type)));
  });

  it("puts the pieces of messages and reasoning together when they are asked for", () => {
    const [events] = convertTurns("deltas", { deltas: true });
    const texts = (type: string) =>
      itemsOf(events!, type).map(({ event, id, text }) => [event, id, text]);
    assert.deepEqual(texts("reasoning"), [
      ["item.started", "rs_1", ""],
      ["item.updated", "rs_1", "**Look"],
      ["item.updated", "rs_1", "**Looking**"],
      ["item.updated", "rs_1", "**Looking**\nFound it."],
      ["item.completed", "rs_1", "**Looking**\nFound it."],
    ]);
    assert.deepEqual(texts("agent_message"), [
      ["item.started", "msg_1", ""],
      ["item.updated", "msg_1", "All "],
      ["item.updated", "msg_1", "All is "],
      ["item.updated", "msg_1", "All is well."],
      ["item.completed", "msg_1", "All is well."],
    ]);
  });

  it("puts a command's output together when pieces are asked for", () => {
    const converter = started({ deltas: true });
    const item = { type: "commandExecution", id: "c", command: "ls", status: "inProgress" };
    converter.convert("item/started", { ...TURN, item });
    const piece = (delta: string) =>
      converter.convert("item/commandExecution/outputDelta", { ...TURN, itemId: "c", delta })
        .map((event) => asFields(asFields(event)["item"])["aggregated_output"]);
    assert.deepEqual([...piece("a\n"), ...piece("b\n")], ["a\n", "a\nb\n"]);
  });

  it("leaves out reasoning without a summary, as exec does", () => {
    const item = { type: "reasoning", id: "r", summary: [" "], content: ["raw"] };
    assert.deepEqual(started().convert("item/completed", { ...TURN, item }), []);
  });

  it("tells of usage with the total, what was added, and the size of the context", () => {
    const [events] = convertTurns("thread_command");
    const last = { ...ZERO_COUNTS, ...asFields(named(events!, "turn.completed")[0]!["usage"]) };
    const updates = named(events!, "thread.token_usage.updated");
    const half = {
      input_tokens: 121,
      cached_input_tokens: 20,
      cache_write_input_tokens: 3,
      output_tokens: 12,
      reasoning_output_tokens: 4,
    };
    assert.equal(updates.length, 2);
    assert.deepEqual(updates.map(({ delta }) => delta), [half, half]);
    assert.deepEqual(updates[1]!["last_usage"], half);
    assert.equal(updates[1]!["context_window"], 258400);
    assert.equal(last["context_window" as "input_tokens"], 258400);
    assert.equal(last.input_tokens, 242);
  });

  it("adds nothing for a report that repeats the last", () => {
    const [events] = convertTurns("thread_cut");
    const deltas = named(events!, "thread.token_usage.updated").map(({ delta }) => delta);
    assert.deepEqual(deltas, [counts(100, 10), counts(0, 0)]);
  });

  it("takes the total of a resumed thread, told under its last turn's id, for the base", () => {
    const [events] = convertTurns("thread_resumed", { base: undefined });
    const [update, ...more] = named(events!, "thread.token_usage.updated");
    assert.deepEqual(more, []);
    assert.equal(asFields(update!["usage"])["input_tokens"], 242);
    assert.equal(asFields(update!["delta"])["input_tokens"], 121);
    const [end] = named(events!, "turn.completed");
    assert.equal(asFields(end!["turn_usage"])["input_tokens"], 121);
  });

  it("leaves out what was added where the total before is not known", () => {
    const converter = started();
    const [first] = converter.convert("thread/tokenUsage/updated", usageParams("u1", 50));
    const [second] = converter.convert("thread/tokenUsage/updated", usageParams("u1", 70));
    assert.equal("delta" in first!, false);
    assert.deepEqual(asFields(second)["delta"], counts(20, 0));
    const end = { threadId: "t1", turn: { id: "u1", status: "completed" } };
    assert.equal("turn_usage" in converter.convert("turn/completed", end)[0]!, false);
  });

  it("takes a base that becomes known late", () => {
    const converter = started();
    converter.rebase(counts(40, 0));
    const [update] = converter.convert("thread/tokenUsage/updated", usageParams("u1", 50));
    assert.deepEqual(asFields(update)["delta"], counts(10, 0));
  });

  it("ignores a total of another turn once its own has started", () => {
    const converter = started({ base: counts(5, 0) });
    converter.convert("thread/tokenUsage/updated", usageParams("u0", 90));
    assert.deepEqual(converter.total, counts(5, 0));
  });

  it("begins, updates and completes the plan as one item", () => {
    const [events] = convertTurns("thread_plan");
    const lists = itemsOf(events!, "todo_list");
    assert.deepEqual(lists.map(({ event }) => event), [
      "item.started",
      "item.updated",
      "item.completed",
    ]);
    assert.equal(new Set(lists.map(({ id }) => id)).size, 1);
    assert.deepEqual(lists[2]!["items"], [
      { text: "Look", completed: true, status: "completed" },
      { text: "Fix", completed: false, status: "in_progress" },
    ]);
  });

  it("tells of rate limits in snake_case", () => {
    const rateLimits = { limitId: "codex", primary: { usedPercent: 12, resetsAt: null } };
    assert.deepEqual(new TurnConverter().convert("account/rateLimits/updated", { rateLimits }), [
      {
        type: "rate_limit.updated",
        rate_limits: { limit_id: "codex", primary: { used_percent: 12, resets_at: null } },
      },
    ]);
  });

  it("tells of a compaction as a turn with an item", () => {
    const turns = convertTurns("compacted");
    const compaction = itemsOf(turns[1]!, "context_compaction");
    assert.deepEqual(compaction.map(({ event }) => event), ["item.started", "item.completed"]);
    assert.equal(typeof compaction[1]!["completed_at_ms"], "number");
    const [end] = named(turns[1]!, "turn.completed");
    assert.deepEqual(end!["turn_usage"], counts(100, 10));
  });

  it("tells of a compaction that failed before the turn that did", () => {
    const [, events] = convertTurns("compaction_failed");
    const ends = events!.filter(({ type }) => /failed|^error$/.test(type));
    assert.deepEqual(ends.map(({ type }) => type), [
      "error",
      "turn.compaction.failed",
      "turn.failed",
    ]);
    assert.equal(asFields(ends[1]!["compaction"])["type"], "context_compaction");
  });

  it("ends an interrupted turn early, with what it used", () => {
    const [events] = convertTurns("interrupted");
    const [end] = named(events!, "turn.completed");
    assert.equal(end!["status"], "early_exit");
    assert.equal(end!["turn_status"], "interrupted");
    assert.deepEqual(end!["turn_usage"], counts(100, 10));
    assert.deepEqual(itemsOf(events!, "command_execution").map(({ event }) => event), [
      "item.started",
    ]);
  });

  it("completes items whose end only the turn's tells", () => {
    const converter = started();
    const item = { type: "imageView", id: "i", path: "/a.png" };
    converter.convert("item/started", { ...TURN, item });
    const turn = { id: "u1", status: "completed", items: [item, { type: "plan", id: "unknown" }] };
    const events = converter.convert("turn/completed", { threadId: "t1", turn });
    assert.deepEqual(events.map(({ type }) => type), ["item.completed", "turn.completed"]);
    assert.deepEqual(converter.openItems, []);
  });

  it("keeps the code and the HTTP status of a failure", () => {
    const failure = {
      message: "no",
      codexErrorInfo: { httpConnectionFailed: { httpStatusCode: 401 } },
    };
    const [event] = started().convert("error", { ...TURN, error: failure, willRetry: false });
    assert.deepEqual(event, {
      type: "error",
      ...IDS,
      message: "no",
      code: "http_connection_failed",
      http_status: 401,
      will_retry: false,
    });
    const [events] = convertTurns("context_full");
    const [failed] = named(events!, "turn.failed");
    assert.equal(asFields(failed!["error"])["code"], "context_window_exceeded");
    assert.equal(failed!["turn_status"], "failed");
  });

  it("tells of a retry with its cause, and goes on", () => {
    const [events] = convertTurns("thread_retried");
    const [error] = named(events!, "error");
    assert.equal(error!["will_retry"], true);
    assert.match(String(error!["message"]), /^Reconnecting\.\.\. 1\/2 \(stream disconnected/);
    assert.equal(events!.at(-1)!.type, "turn.completed");
  });

  it("fails a turn with the last error when the turn has none of its own", () => {
    const end = { threadId: "t1", turn: { id: "u1", status: "failed", error: null } };
    const messageOf = (converter: TurnConverter) =>
      asFields(asFields(converter.convert("turn/completed", end)[0])["error"])["message"];
    const told = started();
    told.convert("error", { ...TURN, error: { message: "as told" }, willRetry: false });
    assert.equal(messageOf(told), "as told");
    assert.equal(messageOf(started()), "turn failed");
  });

  it("makes items of a thread's warnings and of another model's choice", () => {
    const converter = started();
    const [warning] = converter.convert("warning", { threadId: "t1", message: "mind the gap" });
    const params = { ...TURN, fromModel: "a", toModel: "b", reason: "highRiskCyberActivity" };
    const [reroute] = converter.convert("model/rerouted", params);
    assert.deepEqual(asFields(warning)["item"], {
      id: "u1:note_1",
      type: "error",
      message: "mind the gap",
    });
    assert.deepEqual(asFields(reroute)["item"], {
      id: "u1:note_2",
      type: "error",
      message: "model rerouted: a -> b (HighRiskCyberActivity)",
      from_model: "a",
      to_model: "b",
      reason: "highRiskCyberActivity",
    });
  });

  it("passes on warnings that are for no thread", () => {
    const params = { threadId: null, message: "for all" };
    assert.deepEqual(started().convert("warning", params), [{ ...params, type: "warning" }]);
  });

  it("survives messages that lack everything", () => {
    const methods = [...new Set(ALL_RECORDED.flatMap(notificationsOf).map(({ method }) => method))];
    for (const method of [...methods, "item/fileChange/patchUpdated", "model/rerouted"]) {
      for (const params of [{}, { item: null, turn: 5, tokenUsage: [], plan: {}, error: "x" }]) {
        const events = started({ deltas: true }).convert(method, params);
        assert.ok(events.every((event) => typeof event.type === "string"), method);
      }
    }
  });
});

const ALL_RECORDED = ["thread_mcp", "thread_plan", "thread_retried", "deltas", "compacted"];
