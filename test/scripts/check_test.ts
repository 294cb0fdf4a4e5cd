import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { CHECKS, runChecks } from "../../scripts/check.ts";

describe("runChecks()", () => {
  it("goes on after a failure, shows its output, and counts how each ended", async () => {
    const lines: string[] = [];
    const totals = await runChecks([
      { name: "good", run: () => ({ ok: true, output: "chatter" }) },
      { name: "bad", run: () => ({ ok: false, output: "the reason\n" }) },
      { name: "broken", run: () => Promise.reject(new Error("no such program")) },
      {
        name: "lacking",
        run: () => ({ ok: false, output: "chatter", skipped: "no such machine" }),
      },
    ], (line) => lines.push(line));
    assert.deepEqual(totals, { passed: 1, failed: 2, skipped: 1 });
    assert.deepEqual(lines, [
      "ok   good",
      "FAIL bad",
      "the reason",
      "FAIL broken",
      "no such program",
      "skip lacking: no such machine",
    ]);
  });

  it("has a name for each check", () => {
    assert.equal(new Set(CHECKS.map(({ name }) => name)).size, CHECKS.length);
  });
});
