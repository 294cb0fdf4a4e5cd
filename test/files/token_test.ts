import assert from "node:assert/strict";
import process from "node:process";
import { describe, it } from "node:test";
import type { OwnerState } from "../../src/files/ports.ts";
import { createToken, isCopyGivenUp, isRemovalGivenUp, parseToken } from "../../src/files/token.ts";
import { stagingFiles } from "../../src/runtime/staging_files.ts";
import { portOf } from "./helpers.ts";

describe("a token", () => {
  it("says whose it is and since when, and is never the same twice", () => {
    const owner = { host: "0f", pid: 12, start: "345" };
    const text = createToken(owner, 1700000000000.5);
    assert.deepEqual(parseToken(text), { owner, sinceMs: 1700000000000, text });
    assert.notEqual(createToken(owner, 1700000000000.5), text);
    assert.equal(parseToken("mine"), undefined);
    assert.equal(parseToken(`${text}/..`), undefined);
  });

  const cases: { state: OwnerState; removal: number; copy: number }[] = [
    { state: "gone", removal: 0, copy: 0 },
    { state: "unknown", removal: 60_001, copy: 3_600_001 },
    { state: "alive", removal: 600_001, copy: Infinity },
  ];
  for (const { state, removal, copy } of cases) {
    it(`of a process that is ${state} stands for given up work after ${removal} or ${copy} ms`, () => {
      assert.equal(isRemovalGivenUp(state, removal), true);
      if (removal > 0) assert.equal(isRemovalGivenUp(state, removal - 1), false);
      assert.equal(isCopyGivenUp(state, copy), state !== "alive");
      if (copy > 0 && state !== "alive") assert.equal(isCopyGivenUp(state, copy - 1), false);
    });
  }
});

describe("ownerState()", () => {
  it("sees this process, and tells apart processes that ended and those elsewhere", async () => {
    const own = await stagingFiles.owner();
    assert.equal(await stagingFiles.ownerState(own), "alive");
    for (const state of ["gone", "unknown"] as const) {
      const owner = await (await portOf(state)).owner();
      assert.equal(await stagingFiles.ownerState(owner), state);
    }
  });

  it("tells a process from a later one with its pid", { skip: !isLinux() }, async () => {
    const own = await stagingFiles.owner();
    assert.notEqual(own.start, "0");
    assert.equal(await stagingFiles.ownerState({ ...own, start: "1" }), "gone");
  });
});

function isLinux(): boolean {
  return process.platform === "linux";
}
