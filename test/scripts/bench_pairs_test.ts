import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { differenceOf, estimate, ratioOf } from "../../scripts/bench/lib_pairs.ts";

describe("estimate()", () => {
  it("gives the median and the ranks around it that hold it in 95 of 100 cases", () => {
    const values = Array.from({ length: 100 }, (_, index) => 100 - index);
    // 50 ± 1.96 × √100 / 2: the 41st and the 60th.
    assert.deepEqual(estimate(values), { median: 50.5, low: 41, high: 60 });
  });

  it("gives what there is of few numbers", () => {
    assert.deepEqual(estimate([3]), { median: 3, low: 3, high: 3 });
    assert.deepEqual(estimate([9, 1, 2]), { median: 2, low: 1, high: 9 });
  });

  it("is not moved by a few wild ones", () => {
    const blocks = Array.from({ length: 99 }, (_, index) => ({
      off: 100,
      on: index < 20 ? 100_000 : 101,
    }));
    assert.equal(ratioOf(blocks).median, 1.01);
    assert.equal(differenceOf(blocks).high, 1);
  });
});
