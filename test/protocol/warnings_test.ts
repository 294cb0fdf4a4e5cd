import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { TurnConverter } from "../../src/protocol/app_server/convert.ts";
import { eventKind } from "../../src/protocol/kinds.ts";
import { type Warning, warningOf } from "../../src/protocol/warnings.ts";
import { execEventsOf, notificationsOf } from "./app_server/transcripts.ts";

type Event = { type: string; [field: string]: unknown };

const read = (event: Event) => warningOf(eventKind(event.type), event);

describe("warningOf()", () => {
  const cases: [event: Event, expected: Warning | undefined][] = [
    [{ type: "warning", message: "m" }, { kind: "warning", message: "m" }],
    [{ type: "configWarning", summary: "s", details: null }, { kind: "config", message: "s" }],
    [{ type: "configWarning", summary: "s", details: "d" }, { kind: "config", message: "s d" }],
    [{ type: "deprecationNotice", summary: "s" }, { kind: "deprecation", message: "s" }],
    [{ type: "item.completed", item: { type: "error", message: "m" } }, {
      kind: "warning",
      message: "m",
    }],
    [{ type: "item.completed", item: { type: "error", message: "m", to_model: "b" } }, {
      kind: "model",
      message: "m",
    }],
    [{ type: "error", message: "m", will_retry: true, code: "c", http_status: 503 }, {
      kind: "retry",
      message: "m",
      code: "c",
      http_status: 503,
    }],
    [{ type: "error", message: "m", will_retry: false }, undefined],
    [{ type: "error", message: "Reconnecting... 1/5 (no)" }, {
      kind: "retry",
      message: "Reconnecting... 1/5 (no)",
    }],
    [{ type: "error", message: "m" }, { kind: "error", message: "m" }],
    [{ type: "error" }, undefined],
    [{ type: "warning", message: 7 }, undefined],
    [{ type: "configWarning", summary: 7 }, undefined],
    [{ type: "item.completed", item: { type: "agent_message", text: "m" } }, undefined],
    [{ type: "item.completed" }, undefined],
    [{ type: "turn.completed" }, undefined],
  ];
  for (const [event, expected] of cases) {
    it(`reads ${JSON.stringify(event)}`, () => assert.deepEqual(read(event), expected));
  }

  it("reads the retry of a recorded turn alike from exec and from an app-server", () => {
    const converter = new TurnConverter();
    const converted = notificationsOf("thread_retried").flatMap(({ method, params }) =>
      converter.convert(method, params)
    );
    const told = (events: readonly unknown[]) =>
      events.map((event) => read(event as Event)).filter((one) => one?.kind === "retry");
    const [exec, live] = [told(execEventsOf("thread_retried")), told(converted)];
    assert.equal(exec.length, 1);
    assert.deepEqual(live.map((one) => [one?.kind, one?.message]), [["retry", exec[0]?.message]]);
  });
});
