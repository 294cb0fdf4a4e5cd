import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { judgeSoak, planSoak, type SoakResult } from "../../scripts/soak.ts";
import { type Handles, handlesLeft } from "../../scripts/soak/handles.ts";
import { memoryGrowth, summarize } from "../../scripts/soak/memory.ts";

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
  const warm = { rss: 100, heap: 20 };
  const memory = { warm, end: { rss: 110, heap: 21 } };
  const report = { findings: [], counts: {}, memory };
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
      [{ report: { ...report, memory: { warm, end: { rss: 200, heap: 30 } } } }, [
        "a heap of 20.0 MB became 30.0 MB",
        "100.0 MB became 200.0 MB",
      ]],
      [{ files: ["codex-output-schema-1"] }, ["codex-output-schema-1"]],
      [{ processes: [17] }, ["17"]],
    ];
    for (const [change, wrong] of table) assert.deepEqual(failed({ ...clean, ...change }), wrong);
  });
});

it("memory is flat when its least at the end is little above that after the warm-up", () => {
  const samples = (heapOf: (index: number) => number) =>
    Array.from({ length: 100 }, (_, index) => ({ rss: 100, heap: heapOf(index) }));
  const growing = summarize(samples((index) => 20 + index / 10));
  assert.deepEqual([growing.warm.heap, growing.end.heap], [23, 28]);
  assert.deepEqual(memoryGrowth({ ...growing, end: { rss: 100, heap: 28.4 } }), [
    "a heap of 23.0 MB became 28.4 MB",
  ]);
  const busy = summarize(samples((index) => 20 + (index % 10) * 20));
  assert.deepEqual(memoryGrowth(busy), []);
});

it("handles are left when there are more than before, and more files than runtimes keep", () => {
  const before: Handles = { files: 20, timers: 0, listeners: 1 };
  assert.deepEqual(handlesLeft(before, { files: 28, timers: 0, listeners: 1 }), []);
  assert.deepEqual(handlesLeft(before, { files: 29, timers: 1, listeners: 2 }), [
    "29 files are open, and 20 were before",
    "1 timers are open, and 0 were before",
    "2 listeners are open, and 1 were before",
  ]);
  assert.deepEqual(handlesLeft({ listeners: 0 }, { listeners: 0 }), []);
});
