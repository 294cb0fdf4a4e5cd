import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { onAbort } from "../../src/core/on_abort.ts";

describe("onAbort()", () => {
  it("has one listener for all, and none when all are lifted", () => {
    const controller = new AbortController();
    const { signal } = controller;
    let listeners = 0;
    const { addEventListener, removeEventListener } = signal;
    signal.addEventListener = (...args: Parameters<typeof addEventListener>) => {
      listeners++;
      addEventListener.apply(signal, args);
    };
    signal.removeEventListener = (...args: Parameters<typeof removeEventListener>) => {
      listeners--;
      removeEventListener.apply(signal, args);
    };
    const done: number[] = [];
    const lifts = Array.from({ length: 50 }, (_, index) => onAbort(signal, () => done.push(index)));
    assert.equal(listeners, 1);
    for (const lift of lifts) lift();
    for (const lift of lifts) lift();
    assert.equal(listeners, 0);

    const liftFirst = onAbort(signal, () => done.push(100));
    onAbort(signal, () => {
      done.push(101);
      liftFirst();
    });
    onAbort(signal, () => done.push(102))();
    controller.abort();
    assert.deepEqual(done, [100, 101]);
  });
});
