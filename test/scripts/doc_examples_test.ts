import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { extractExamples } from "../../scripts/doc_examples.ts";

const FENCE = "```";

describe("extractExamples()", () => {
  it("takes the code of each titled example", () => {
    const source = `
/**
 * A thing.
 *
 * @example The first
 * ${FENCE}ts
 * const a = 1;
 *
 * if (a) {
 *   a * 2;
 * }
 * ${FENCE}
 *
 * @example The second
 *
 * ${FENCE}ts
 * second();
 * ${FENCE}
 */
export const a = 1;
/** Not one. */
export const b = 2;
`;
    assert.deepEqual(extractExamples(source), [
      { title: "The first", code: "const a = 1;\n\nif (a) {\n  a * 2;\n}" },
      { title: "The second", code: "second();" },
    ]);
  });

  it("refuses an example without a title", () => {
    const source = `/**\n * @example\n * ${FENCE}ts\n * a();\n * ${FENCE}\n */`;
    assert.throws(() => extractExamples(source), /no title/);
  });

  it("refuses an example without code that runs", () => {
    assert.throws(
      () => extractExamples("/**\n * @example A title\n * a();\n */"),
      /no ```ts block/,
    );
    const other = `/**\n * @example A title\n * ${FENCE}sh\n * ls\n * ${FENCE}\n */`;
    assert.throws(() => extractExamples(other), /no ```ts block/);
  });
});
