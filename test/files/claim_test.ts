import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import {
  type Claim,
  type ClaimRecord,
  covers,
  encodeClaim,
  isCurrent,
  longest,
  parseClaim,
} from "../../src/files/claim.ts";

const records: fc.Arbitrary<ClaimRecord> = fc.record({
  stagedAt: fc.nat(10),
  ttlMs: fc.oneof(fc.integer({ min: 1, max: 10 }), fc.constant(Infinity)),
  persist: fc.boolean(),
  imageMagic: fc.boolean(),
}, { noNullPrototype: true });

describe("a claim", () => {
  it("is read back as it was written", () => {
    fc.assert(fc.property(records, (record) => {
      assert.deepEqual(parseClaim(encodeClaim(record)), record);
    }));
  });

  it("is no claim when its text is anything else, and never throws", () => {
    fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
      assert.equal(parseClaim(text), undefined);
    }));
  });

  const claim = (stagedAt: number, ttlMs: number, persist = false): Claim => ({
    stagedAt,
    ttlMs,
    persist,
  });
  const cases: { one: Claim; other: Claim; covered: boolean; title: string }[] = [
    { one: claim(0, 5), other: claim(0, 5), covered: true, title: "an equal one" },
    { one: claim(5, 5), other: claim(0, 9), covered: true, title: "one that ends before" },
    { one: claim(0, 5), other: claim(4, 2), covered: false, title: "one that ends after" },
    { one: claim(0, 5), other: claim(0, Infinity), covered: false, title: "an endless one" },
    { one: claim(0, Infinity), other: claim(9, 9), covered: true, title: "any other, if endless" },
    {
      one: claim(0, Infinity),
      other: claim(0, 1, true),
      covered: false,
      title: "a persistent one",
    },
    { one: claim(0, 1, true), other: claim(0, Infinity), covered: true, title: "an endless one" },
  ];
  for (const { one, other, covered, title } of cases) {
    it(`${covered ? "covers" : "does not cover"} ${title}: ${JSON.stringify({ one, other })}`, () => {
      assert.equal(covers(one, other), covered);
    });
  }

  it("ends when its time is over, unless it is persistent", () => {
    assert.equal(isCurrent(claim(10, 5), 14), true);
    assert.equal(isCurrent(claim(10, 5), 15), false);
    assert.equal(isCurrent(claim(10, 5, true), 1e15), true);
  });
});

describe("longest()", () => {
  it("gives one that covers all, and the same one in any order", () => {
    fc.assert(
      fc.property(fc.array(records, { minLength: 1 }), (list) => {
        const claims = list.map((record, index) => ({ file: `claim-${index}.json`, record }));
        const best = longest(claims);
        assert.ok(best && claims.every(({ record }) => covers(best.record, record)));
        assert.equal(longest(claims.toReversed()), best);
      }),
    );
    assert.equal(longest([]), undefined);
  });
});
