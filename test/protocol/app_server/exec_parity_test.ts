import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { TurnConverter } from "../../../src/protocol/app_server/convert.ts";
import { ZERO_COUNTS } from "../../../src/protocol/counts.ts";
import { asFields, type Fields, isFields } from "../../../src/protocol/fields.ts";
import { type ExecEvent, execEventsOf, notificationsOf, readTranscript } from "./transcripts.ts";

const RECORDINGS = [
  "thread_basic",
  "thread_command",
  "thread_command_failed",
  "thread_patch",
  "thread_mcp",
  "thread_web_search",
  "thread_plan",
  "thread_retried",
  "thread_failed",
  "thread_cut",
  "thread_resumed",
];

/** What only the app-server tells. */
const BEYOND_EXEC = new Set([
  "thread.token_usage.updated",
  "turn.diff.updated",
  "rate_limit.updated",
  "user_message.completed",
]);

/** The types that exec has, which no passed-on notification has. */
const isExecEvent = ({ type }: ExecEvent) =>
  !BEYOND_EXEC.has(type) && !type.includes("/") &&
  type !== "configWarning";

function convert(name: string): ExecEvent[] {
  const lines = readTranscript(name);
  const { thread } = lines.find(({ received }) => received?.result?.["thread"])!.received!.result!;
  const base = name === "thread_resumed" ? undefined : ZERO_COUNTS;
  const converter = new TurnConverter({ base });
  return [
    ...converter.threadStarted(thread),
    ...notificationsOf(name).flatMap(({ method, params }) => converter.convert(method, params)),
  ] as unknown as ExecEvent[];
}

/** Numbers the ids of items in the order of their first appearance, as exec does. */
function renumber(events: readonly ExecEvent[]): ExecEvent[] {
  const numbers = new Map<unknown, string>();
  return events.map((event) => {
    if (!isFields(event["item"])) return event;
    const { id } = event["item"];
    if (!numbers.has(id)) numbers.set(id, `item_${numbers.size}`);
    return { ...event, item: { ...event["item"], id: numbers.get(id) } };
  });
}

/** What `actual` says of all that `expected` says; the rest is extra. */
function likeness(actual: unknown, expected: unknown): unknown {
  if (Array.isArray(expected)) {
    if (!Array.isArray(actual) || actual.length !== expected.length) return actual;
    return actual.map((value, index) => likeness(value, expected[index]));
  }
  if (!isFields(expected) || !isFields(actual)) return actual;
  const names = Object.keys(expected).filter((name) => name in actual);
  return Object.fromEntries(names.map((name) => [name, likeness(actual[name], expected[name])]));
}

/** Threads of two recordings have ids of their own; a web search's second id shadows exec's. */
function withoutIds(events: readonly ExecEvent[]): ExecEvent[] {
  return renumber(events).map((event) => {
    if (event.type === "thread.started") return { type: event.type };
    if (asFields(event["item"])["type"] !== "web_search") return event;
    return { ...event, item: { ...asFields(event["item"]), id: "ws_1" } };
  });
}

describe("the events of an app-server's turn", () => {
  for (const name of RECORDINGS) {
    it(`are those that exec prints, and more: ${name}`, () => {
      const expected = withoutIds(execEventsOf(name));
      const actual = withoutIds(convert(name).filter(isExecEvent));
      assert.deepEqual(actual.map(({ type }) => type), expected.map(({ type }) => type));
      assert.deepEqual(likeness(actual, expected), expected as readonly Fields[]);
    });
  }
});
