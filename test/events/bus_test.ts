import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { isCodexError } from "../../src/errors.ts";
import { EventBus } from "../../src/events/bus.ts";
import type { TelemetryEvent } from "../../src/events/catalogue.ts";

type Failure = TelemetryEvent<"codex.telemetry.handler.failure">;

/** Keeps the reports of failed handlers. */
function watchFailures(bus: EventBus): Failure[] {
  const failures: Failure[] = [];
  bus.attach("watch", "codex.telemetry.handler.failure", (event) => failures.push(event));
  return failures;
}

/** Lets all promises settle that are settling already. */
function settled(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}

describe("EventBus", () => {
  it("calls handlers at once, in the order of attaching, with one argument", () => {
    const bus = new EventBus();
    const calls: unknown[] = [];
    bus.attach("b", "app.x", (...event) => calls.push("b", event));
    bus.attach("a", "app.x", () => calls.push("a"));
    bus.emit("app.x", { n: 1 }, { k: "v" });
    const event = {
      name: "app.x",
      measurements: { n: 1 },
      metadata: { k: "v", originator: "sdk" },
    };
    assert.deepEqual(calls, ["b", [event], "a"]);
  });

  it("gives empty measurements and the originator when an event has nothing else", () => {
    const bus = new EventBus();
    const seen: unknown[] = [];
    bus.attach("a", "app.x", (event) => seen.push(event));
    bus.emit("app.x");
    assert.deepEqual(seen, [{ name: "app.x", measurements: {}, metadata: { originator: "sdk" } }]);
  });

  it("hands on the emitter's own payload when it names the originator", () => {
    const bus = new EventBus();
    const metadata = { originator: "sdk" } as const;
    const measurements = { count: 1, bytes: 2 };
    let kept: TelemetryEvent<"codex.attachment.cleaned"> | undefined;
    bus.attach("a", "codex.attachment.cleaned", (event) => void (kept = event));
    bus.emit("codex.attachment.cleaned", measurements, metadata);
    assert.equal(kept?.metadata, metadata);
    assert.equal(kept?.measurements, measurements);
  });

  it("attachMany() attaches one handler to many names, each once", () => {
    const bus = new EventBus();
    const names: string[] = [];
    bus.attachMany("a", ["app.x", "app.y", "app.x"], ({ name }) => names.push(name));
    bus.emit("app.x");
    bus.emit("app.y");
    bus.emit("app.z");
    assert.deepEqual(names, ["app.x", "app.y"]);
    assert.deepEqual(bus.handlers(), [{ id: "a", names: ["app.x", "app.y"] }]);
  });

  it("has() and handlers() follow what is attached", () => {
    const bus = new EventBus();
    assert.equal(bus.has("app.x"), false);
    bus.attachMany("a", ["app.x", "app.y"], () => {});
    bus.attach("b", "app.y", () => {});
    assert.equal(bus.has("app.x"), true);
    assert.deepEqual(bus.handlers("app.y").map(({ id }) => id), ["a", "b"]);
    assert.deepEqual(bus.handlers("app.z"), []);
    assert.equal(bus.detach("a"), true);
    assert.equal(bus.detach("a"), false);
    assert.equal(bus.has("app.x"), false);
    assert.equal(bus.has("app.y"), true);
    assert.deepEqual(bus.handlers(), [{ id: "b", names: ["app.y"] }]);
  });

  it("attach() throws handler_exists for a taken id, and takes it again after detach()", () => {
    const bus = new EventBus();
    bus.attach("a", "app.x", () => {});
    assert.throws(
      () => bus.attach("a", "app.y", () => {}),
      (error) => isCodexError(error, "handler_exists") && error.details.id === "a",
    );
    bus.detach("a");
    bus.attach("a", "app.y", () => {});
    assert.equal(bus.has("app.x"), false);
  });

  it("attach() throws TypeError for an id, a name or a handler of the wrong type", () => {
    const bus = new EventBus();
    const attach = bus.attach.bind(bus) as (...args: unknown[]) => void;
    assert.throws(() => attach(1, "app.x", () => {}), TypeError);
    assert.throws(() => attach("a", 1, () => {}), TypeError);
    assert.throws(() => attach("a", "app.x", "no function"), TypeError);
    assert.deepEqual(bus.handlers(), []);
  });

  it("a handler attached during an emit waits for the next event", () => {
    const bus = new EventBus();
    const calls: string[] = [];
    bus.attach("a", "app.x", () => {
      calls.push("a");
      if (bus.handlers().length === 1) bus.attach("b", "app.x", () => calls.push("b"));
    });
    bus.emit("app.x");
    assert.deepEqual(calls, ["a"]);
    bus.emit("app.x");
    assert.deepEqual(calls, ["a", "a", "b"]);
  });

  it("a handler detached during an emit is not called any more, and the others are", () => {
    const bus = new EventBus();
    const calls: string[] = [];
    bus.attach("a", "app.x", () => {
      bus.detach("a");
      bus.detach("b");
      calls.push("a");
    });
    bus.attach("b", "app.x", () => calls.push("b"));
    bus.attach("c", "app.x", () => calls.push("c"));
    bus.emit("app.x");
    assert.deepEqual(calls, ["a", "c"]);
  });
});

describe("EventBus, when a handler fails", () => {
  it("detaches one that throws, reports it once, and goes on with the others", () => {
    const bus = new EventBus();
    const failures = watchFailures(bus);
    const reason = new Error("broken");
    let calls = 0;
    bus.attachMany("bad", ["app.x", "app.y"], () => {
      throw reason;
    });
    bus.attach("good", "app.x", () => calls++);
    bus.emit("app.x");
    bus.emit("app.x");
    bus.emit("app.y");
    assert.equal(calls, 2);
    assert.deepEqual(failures, [{
      name: "codex.telemetry.handler.failure",
      measurements: { count: 1 },
      metadata: { originator: "sdk", handler_id: "bad", event: "app.x", reason },
    }]);
    assert.deepEqual(bus.handlers().map(({ id }) => id), ["watch", "good"]);
  });

  it("detaches and reports an async handler that rejects, once for all its calls", async () => {
    const bus = new EventBus();
    const failures = watchFailures(bus);
    bus.attach("bad", "app.x", () => Promise.reject(new Error("late")));
    bus.emit("app.x");
    bus.emit("app.x");
    assert.equal(failures.length, 0);
    await settled();
    assert.deepEqual(failures.map(({ metadata }) => metadata.handler_id), ["bad"]);
    assert.equal(bus.has("app.x"), false);
  });

  it("survives a result whose then throws", () => {
    const bus = new EventBus();
    const failures = watchFailures(bus);
    bus.attach("bad", "app.x", () => ({
      get then(): never {
        throw new Error("then");
      },
    }));
    bus.emit("app.x");
    assert.equal(failures.length, 1);
  });

  it("does not recurse when the handler of the report throws too", () => {
    const bus = new EventBus();
    const seen: string[] = [];
    bus.attach("worse", "codex.telemetry.handler.failure", () => {
      throw new Error("worse");
    });
    bus.attach("watch", "codex.telemetry.handler.failure", ({ metadata }) => {
      seen.push(metadata.handler_id);
    });
    bus.attach("bad", "app.x", () => {
      throw new Error("bad");
    });
    bus.emit("app.x");
    assert.deepEqual(seen, ["bad", "worse"]);
    assert.deepEqual(bus.handlers().map(({ id }) => id), ["watch"]);
  });

  it("reports handlers that fail on events sent by the handler of the report", () => {
    const bus = new EventBus();
    const seen: string[] = [];
    const bad = () => {
      throw new Error("bad");
    };
    bus.attach("watch", "codex.telemetry.handler.failure", ({ metadata }) => {
      seen.push(metadata.handler_id);
      bus.emit("app.y");
    });
    bus.attach("x", "app.x", bad);
    bus.attach("y", "app.y", bad);
    bus.emit("app.x");
    assert.deepEqual(seen, ["x", "y"]);
  });

  it("ends a handler that emits its own event for ever", () => {
    const bus = new EventBus();
    const failures = watchFailures(bus);
    bus.attach("loop", "app.x", () => bus.emit("app.x"));
    bus.emit("app.x");
    assert.deepEqual(failures.map(({ metadata }) => metadata.handler_id), ["loop"]);
  });
});
