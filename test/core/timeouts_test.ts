import assert from "node:assert/strict";
import { it } from "node:test";
import { checkTimeouts } from "../../src/core/timeouts.ts";

it("checkTimeouts() takes what a timer can wait, and nothing else", () => {
  for (const value of [undefined, 0.5, 1, 2 ** 31 - 1]) {
    checkTimeouts({ timeoutMs: value, idleTimeoutMs: value } as { timeoutMs: number });
  }
  for (const name of ["timeoutMs", "idleTimeoutMs"]) {
    for (const value of [0, -1, Number.NaN, Infinity, 2 ** 31]) {
      assert.throws(() => checkTimeouts({ [name]: value }), {
        name: "RangeError",
        message: `${name} must be above 0 and at most 2147483647, not ${value}.`,
      });
    }
    for (const value of ["1", null, {}, true]) {
      assert.throws(() => checkTimeouts({ [name]: value }), {
        name: "TypeError",
        message: `${name} must be a number of milliseconds.`,
      });
    }
  }
});
