import assert from "node:assert/strict";
import { it } from "node:test";
import type { CodexOptions } from "../../src/core/options.ts";
import { checkStopGraces, checkTimeouts } from "../../src/core/timeouts.ts";

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

it("checkStopGraces() takes either time or none, and names what is wrong", () => {
  for (const stopGraces of [undefined, {}, { askMs: 1 }, { termMs: 2 }, { askMs: 1, termMs: 2 }]) {
    checkStopGraces(stopGraces === undefined ? {} : { stopGraces });
  }
  const table: [unknown, string, string][] = [
    [null, "TypeError", "stopGraces must be an object { askMs, termMs }."],
    [2_000, "TypeError", "stopGraces must be an object { askMs, termMs }."],
    [{ askMs: "1" }, "TypeError", "stopGraces.askMs must be a number of milliseconds."],
    [
      { termMs: -1 },
      "RangeError",
      "stopGraces.termMs must be above 0 and at most 2147483647, not -1.",
    ],
  ];
  for (const [stopGraces, name, message] of table) {
    assert.throws(() => checkStopGraces({ stopGraces } as CodexOptions), { name, message });
  }
});
