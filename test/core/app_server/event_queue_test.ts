import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { EventQueue } from "../../../src/core/app_server/event_queue.ts";
import type { AnyThreadEvent } from "../../../src/protocol/events.ts";

const update = (id: string, text: string) =>
  ({ type: "item.updated", item: { id, type: "agent_message", text } }) as AnyThreadEvent;

const drain = (queue: EventQueue) => {
  const all: AnyThreadEvent[] = [];
  for (let event = queue.shift(); event; event = queue.shift()) all.push(event);
  return all;
};

describe("EventQueue", () => {
  it("gives back what it was given, in order, however it is read", () => {
    fc.assert(fc.property(fc.array(fc.boolean(), { maxLength: 2_000 }), (steps) => {
      const queue = new EventQueue();
      const read: unknown[] = [];
      let count = 0;
      for (const isPush of steps) {
        if (isPush) queue.push({ type: "note", n: count++ } as unknown as AnyThreadEvent);
        else read.push(queue.shift());
      }
      read.push(...drain(queue));
      const numbers = read.filter((event) => event).map((event) => (event as { n: number }).n);
      assert.deepEqual(numbers, Array.from({ length: count }, (_, n) => n));
      assert.equal(queue.length, 0);
    }));
  });

  it("merges the states of an item that nobody reads, and nothing else", () => {
    const queue = new EventQueue();
    for (let n = 0; n < 100_000; n++) queue.push(update("a", `a${n}`));
    queue.push(update("b", "b0"));
    queue.push(update("b", "b1"));
    queue.push({ type: "turn.started" });
    queue.push(update("b", "b2"));
    const all = drain(queue);
    assert.ok(all.length < 2_000, `${all.length} events`);
    assert.deepEqual(all.slice(-4), [
      update("a", "a99999"),
      update("b", "b1"),
      { type: "turn.started" },
      update("b", "b2"),
    ]);
  });
});
