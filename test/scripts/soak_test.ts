import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { judgeSoak, planSoak, type SoakResult } from "../../scripts/soak.ts";
import { isFlat, summarize } from "../../scripts/soak/memory.ts";

describe("planSoak()", () => {
  it("takes ten minutes under Node, unless it is told otherwise", () => {
    assert.deepEqual(planSoak([]), { minutes: 10, runtime: "node" });
    assert.deepEqual(planSoak(["--minutes", "0.5", "--runtime", "bun"]), {
      minutes: 0.5,
      runtime: "bun",
    });
  });

  it("refuses what cannot be", () => {
    for (const minutes of ["0", "-1", "many"]) {
      assert.throws(() => planSoak([`--minutes=${minutes}`]), TypeError);
    }
    assert.throws(() => planSoak(["--runtime", "python"]), TypeError);
  });
});

describe("judgeSoak()", () => {
  const report = { findings: [], counts: {}, memory: { warmMb: 100, endMb: 110 } };
  const clean: SoakResult = { report, trouble: undefined, files: [], processes: [] };
  const failed = (result: SoakResult) => judgeSoak(result).flatMap(([, wrong]) => wrong);

  it("passes a program that has left nothing", () => {
    assert.deepEqual(failed(clean), []);
    assert.equal(judgeSoak(clean).length, 5);
  });

  it("tells everything that is wrong", () => {
    const table: [Partial<SoakResult>, string[]][] = [
      [{ trouble: "it did not exit by itself" }, ["it did not exit by itself"]],
      [{ report: undefined }, ["there is no report"]],
      [{ report: { ...report, findings: ["a handler failed"] } }, ["a handler failed"]],
      [{ report: { ...report, memory: { warmMb: 100, endMb: 200 } } }, ["100 MB became 200"]],
      [{ files: ["codex-output-schema-1"] }, ["codex-output-schema-1"]],
      [{ processes: [17] }, ["17"]],
    ];
    for (const [change, wrong] of table) assert.deepEqual(failed({ ...clean, ...change }), wrong);
  });
});

it("memory is flat when its least at the end is little above that after the warm-up", () => {
  const growing = Array.from({ length: 100 }, (_, index) => 100 + index * 2);
  assert.deepEqual(summarize(growing), { warmMb: 160, endMb: 260 });
  assert.equal(isFlat(summarize(growing)), false);
  const garbage = Array.from({ length: 100 }, (_, index) => 100 + (index % 10) * 20);
  assert.deepEqual(summarize(garbage), { warmMb: 100, endMb: 100 });
  assert.equal(isFlat(summarize(garbage)), true);
});
