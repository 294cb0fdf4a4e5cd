import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { countsBetween, parseCounts, sameCounts, ZERO_COUNTS } from "../../src/protocol/counts.ts";

describe("parseCounts()", () => {
  it("reads both spellings and keeps zeros", () => {
    const cases: [unknown, unknown][] = [
      [{ input_tokens: 1, output_tokens: 0 }, { input_tokens: 1, output_tokens: 0 }],
      [
        { inputTokens: 1, cachedInputTokens: 2, reasoningOutputTokens: 3 },
        { input_tokens: 1, cached_input_tokens: 2, reasoning_output_tokens: 3 },
      ],
      [{ input_tokens: null, inputTokens: 4 }, { input_tokens: 4 }],
      [{ input_tokens: "5", output_tokens: Number.NaN }, undefined],
      [{ total_tokens: 5 }, undefined],
      [{}, undefined],
      [null, undefined],
      [undefined, undefined],
      [[1], undefined],
      ["text", undefined],
    ];
    for (const [value, counts] of cases) assert.deepEqual(parseCounts(value), counts);
  });
});

describe("countsBetween()", () => {
  it("subtracts what both sides have", () => {
    assert.deepEqual(
      countsBetween(ZERO_COUNTS, { input_tokens: 121, output_tokens: 0 }),
      { input_tokens: 121, output_tokens: 0 },
    );
    assert.deepEqual(
      countsBetween({ input_tokens: 121 }, { input_tokens: 243, output_tokens: 9 }),
      { input_tokens: 122 },
    );
  });

  it("tells nothing about totals that are not of one history", () => {
    assert.equal(
      countsBetween({ input_tokens: 5, output_tokens: 1 }, { input_tokens: 4 }),
      undefined,
    );
    assert.equal(countsBetween({ input_tokens: 5 }, { output_tokens: 4 }), undefined);
  });
});

describe("sameCounts()", () => {
  it("minds every count, and whether it is there", () => {
    assert.equal(sameCounts({ input_tokens: 1 }, { input_tokens: 1 }), true);
    assert.equal(sameCounts({ input_tokens: 1 }, { input_tokens: 2 }), false);
    assert.equal(sameCounts({ input_tokens: 1 }, { input_tokens: 1, output_tokens: 0 }), false);
    assert.equal(sameCounts({ input_tokens: 1 }, undefined), false);
  });
});
