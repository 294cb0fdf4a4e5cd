import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  differenceOf,
  estimate,
  ordersOf,
  ratioOf,
  ratioOfRounds,
} from "../../scripts/bench/lib_pairs.ts";

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

describe("ratioOfRounds()", () => {
  it("compares within each round, so that a slow one counts as any other", () => {
    const base = [100, 100, 1_000, 100, 100];
    assert.equal(ratioOfRounds([50, 60, 400, 20, 900], base), "0.50 (0.40 to 0.60)");
  });

  it("lies in the middle of two rounds where no round is the middle one", () => {
    assert.equal(ratioOfRounds([40, 60], [100, 100]), "0.50 (0.50 to 0.50)");
  });
});

describe("ordersOf()", () => {
  const orders = ordersOf(["a", "b", "c"]);

  it("has each thing as often in each place", () => {
    assert.equal(new Set(orders.map((order) => order.join())).size, 6);
    for (const place of [0, 1, 2]) {
      const there = orders.map((order) => order[place]);
      for (const thing of ["a", "b", "c"]) {
        assert.equal(there.filter((each) => each === thing).length, 2);
      }
    }
  });

  it("has each thing as often behind each other one", () => {
    const pairs = orders.flatMap((order) => [order.slice(0, 2), order.slice(1)]).map(String);
    for (const pair of ["a,b", "a,c", "b,a", "b,c", "c,a", "c,b"]) {
      assert.equal(pairs.filter((each) => each === pair).length, 2);
    }
  });
});
