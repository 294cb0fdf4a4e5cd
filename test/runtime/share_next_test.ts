import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { shareNext } from "../../src/runtime/share_next.ts";

/** A function whose runs end when they are told to, and the runs that were begun. */
function setUp() {
  const runs: { resolve(value: string): void; reject(error: Error): void }[] = [];
  const call = shareNext(() =>
    new Promise<string>((resolve, reject) => void runs.push({ resolve, reject }))
  );
  return { call, runs };
}

const soon = () => new Promise((resolve) => setTimeout(resolve));

describe("shareNext()", () => {
  it("gives those who call during a run the next one, which they share", async () => {
    const { call, runs } = setUp();
    const first = call();
    await soon();
    const others = [call(), call()];
    await soon();
    assert.equal(runs.length, 1);
    runs[0]!.resolve("first");
    assert.equal(await first, "first");
    await soon();
    assert.equal(runs.length, 2);
    const third = call();
    runs[1]!.resolve("second");
    assert.deepEqual(await Promise.all(others), ["second", "second"]);
    await soon();
    runs[2]!.resolve("third");
    assert.equal(await third, "third");
  });

  it("goes on after a run that failed", async () => {
    const { call, runs } = setUp();
    const first = assert.rejects(call(), /broken/);
    await soon();
    const second = call();
    runs[0]!.reject(new Error("broken"));
    await first;
    await soon();
    runs[1]!.resolve("fine");
    assert.equal(await second, "fine");
  });
});
