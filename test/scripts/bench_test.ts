import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { availableBenches, planBench } from "../../scripts/bench.ts";

describe("planBench()", () => {
  it("runs a benchmark under all runtimes by default", () => {
    assert.deepEqual(planBench(["stream"], ["size", "stream"]), {
      name: "stream",
      runtimes: ["node", "bun", "deno"],
      args: [],
    });
  });

  it("takes runtimes, and hands on what follows the name", () => {
    const plan = planBench(["stream", "--runtime", "bun", "--", "--quick", "9"], ["stream"]);
    assert.deepEqual(plan, { name: "stream", runtimes: ["bun"], args: ["--quick", "9"] });
  });

  it("refuses names that it does not know, and lists those it does", () => {
    assert.throws(() => planBench([], ["size", "stream"]), /size, stream/);
    assert.throws(() => planBench(["speed"], ["size", "stream"]), /size, stream/);
    assert.throws(() => planBench(["size", "--runtime", "rhino"], ["size"]), /not rhino/);
  });

  it("lists only modules that can be run", () => {
    assert.equal(availableBenches().some((name) => name.includes("worker")), false);
  });
});
