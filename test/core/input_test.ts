import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { normalizeInput } from "../../src/core/input.ts";
import type { Input } from "../../src/core/options.ts";

describe("normalizeInput()", () => {
  it("joins texts by an empty line and gathers images in order", () => {
    const table: [Input, { prompt: string; images: string[] }][] = [
      ["", { prompt: "", images: [] }],
      ["a\nb", { prompt: "a\nb", images: [] }],
      [[], { prompt: "", images: [] }],
      [
        [
          { type: "local_image", path: "1.png" },
          { type: "text", text: "a" },
          { type: "local_image", path: "2.png" },
          { type: "text", text: "b" },
        ],
        { prompt: "a\n\nb", images: ["1.png", "2.png"] },
      ],
    ];
    for (const [input, normalized] of table) assert.deepEqual(normalizeInput(input), normalized);
  });

  it("refuses everything else", () => {
    const wrong: unknown[] = [undefined, null, 1, {}, { type: "text", text: "a" }, new Set(["a"])];
    for (const input of wrong) {
      assert.throws(() => normalizeInput(input as Input), {
        name: "TypeError",
        message: /^The input of a turn must be a string or an array, not \w+\.$/,
      });
    }
    const wrongPieces: unknown[] = [
      "a",
      null,
      undefined,
      { type: "text" },
      { type: "text", text: 1 },
      { type: "local_image", path: null },
      { type: "image", url: "u" },
    ];
    for (const piece of wrongPieces) {
      assert.throws(() => normalizeInput([{ type: "text", text: "a" }, piece] as Input), {
        name: "TypeError",
        message: /^Piece 1 of the input must be /,
      });
    }
  });
});
