import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { EventBus } from "../../src/events/bus.ts";
import type { CustomEvent } from "../../src/events/catalogue.ts";

/** A bus whose clock advances by 1 ms at each look, and what was sent on it as `app.job.*`. */
function recorder(): { bus: EventBus; events: CustomEvent[] } {
  let now = 0;
  const bus = new EventBus({ clock: { monotonicMs: () => ++now, wallMs: () => 1_000 + now } });
  const events: CustomEvent[] = [];
  const names: string[] = ["app.job.start", "app.job.stop", "app.job.exception"];
  bus.attachMany("record", names, (event) => events.push(event));
  return { bus, events };
}

describe("EventBus.span()", () => {
  it("emits start and stop around a function and gives its result", () => {
    const { bus, events } = recorder();
    const result = bus.span("app.job", { job: 7 }, () => 42);
    assert.equal(result, 42);
    const token = events[0]?.metadata["span_token"];
    const metadata = { originator: "sdk", job: 7, span_token: token };
    assert.equal(typeof token, "string");
    assert.deepEqual(events, [
      { name: "app.job.start", measurements: { system_time: 1_001 }, metadata },
      {
        name: "app.job.stop",
        measurements: { duration: 1_000_000, duration_ms: 1, system_time: 1_002 },
        metadata,
      },
    ]);
  });

  it("emits exception with the reason and throws it on", () => {
    const { bus, events } = recorder();
    const reason = new Error("no");
    assert.throws(() =>
      bus.span("app.job", {}, () => {
        throw reason;
      }), reason);
    assert.deepEqual(events.map(({ name }) => name), ["app.job.start", "app.job.exception"]);
    assert.equal(events[1]?.metadata["reason"], reason);
  });

  it("ends with the promise of an asynchronous function", async () => {
    const { bus, events } = recorder();
    let resolve = (_value: string) => {};
    const promise = new Promise<string>((done) => resolve = done);
    const result = bus.span("app.job", {}, () => promise);
    assert.equal(events.length, 1);
    resolve("done");
    assert.equal(await result, "done");
    assert.equal(events[1]?.name, "app.job.stop");
  });

  it("emits exception for a rejection and rejects with its reason", async () => {
    const { bus, events } = recorder();
    const reason = new Error("no");
    await assert.rejects(bus.span("app.job", {}, () => Promise.reject(reason)), reason);
    assert.equal(events[1]?.name, "app.job.exception");
    assert.equal(events[1]?.metadata["reason"], reason);
  });

  it("uses a fresh token for each span, and one that is given", () => {
    const { bus, events } = recorder();
    const scopes = [
      bus.span("app.job", {}, ({ spanToken }) => spanToken),
      bus.span("app.job", {}, ({ spanToken }) => spanToken),
      bus.span("app.job", { span_token: "mine" }, ({ spanToken }) => spanToken),
    ];
    assert.deepEqual(events.map(({ metadata }) => metadata["span_token"]), [
      scopes[0],
      scopes[0],
      scopes[1],
      scopes[1],
      "mine",
      "mine",
    ]);
    assert.notEqual(scopes[0], scopes[1]);
  });

  it("adds what the function sets to the last event", () => {
    const { bus, events } = recorder();
    bus.span("app.job", { a: 1 }, (scope) => scope.set({ rows: 3 }));
    assert.equal("rows" in (events[0]?.metadata ?? {}), false);
    assert.equal(events[1]?.metadata["rows"], 3);
  });
});
