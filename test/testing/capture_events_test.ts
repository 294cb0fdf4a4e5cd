import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { isCodexError } from "../../src/errors.ts";
import { EventBus } from "../../src/events/bus.ts";
import { captureEvents } from "../../src/testing/mod.ts";

const cleaned = (bus: EventBus, bytes: number) =>
  bus.emit("codex.attachment.cleaned", { count: 1, bytes }, { originator: "sdk" });

describe("captureEvents()", () => {
  it("keeps all events in order until it is stopped", () => {
    const bus = new EventBus();
    const capture = captureEvents(bus);
    cleaned(bus, 1);
    bus.emit("codex.telemetry.export.dropped", { count: 2 }, { signal: "traces", reason: "full" });
    cleaned(bus, 3);
    capture.stop();
    cleaned(bus, 4);

    assert.equal(capture.length, 3);
    assert.deepEqual(capture.names, [
      "codex.attachment.cleaned",
      "codex.telemetry.export.dropped",
      "codex.attachment.cleaned",
    ]);
    assert.deepEqual([...capture], capture.events);
    assert.deepEqual(
      capture.named("codex.attachment.cleaned").map(({ measurements }) => measurements.bytes),
      [1, 3],
    );
  });

  it("waits for an event that comes later, with a further condition", async () => {
    const bus = new EventBus();
    using capture = captureEvents(bus);
    cleaned(bus, 1);
    const waiting = capture.waitFor("codex.attachment.cleaned", {
      where: ({ measurements }) => measurements.bytes > 1,
    });
    setTimeout(() => cleaned(bus, 2), 5);
    assert.equal((await waiting).measurements.bytes, 2);
    assert.equal((await capture.waitFor("codex.attachment.cleaned")).measurements.bytes, 1);
  });

  it("says what came instead when an event does not come", async () => {
    const bus = new EventBus();
    using capture = captureEvents(bus);
    cleaned(bus, 1);
    await assert.rejects(
      capture.waitFor("codex.thread.stop", { timeoutMs: 20 }),
      (error) => isCodexError(error, "timeout") && /codex\.attachment\.cleaned/.test(error.message),
    );
  });

  it("captures twice from one bus, and starts afresh after clear()", () => {
    const bus = new EventBus();
    using first = captureEvents(bus);
    using second = captureEvents(bus);
    cleaned(bus, 1);
    first.clear();
    assert.deepEqual([first.length, second.length], [0, 1]);
  });
});
