import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { readBlocks } from "../../scripts/pages/blocks.ts";
import { pageBlocks } from "../../scripts/pages/page_blocks.ts";

const read = (...lines: string[]) => readBlocks("page.md", lines.join("\n"));

describe("readBlocks()", () => {
  it("reads blocks with their language, their line and what is said above them", () => {
    const blocks = read(
      "# Title",
      "```ts",
      "one();",
      "```",
      "<!-- run: scene with words -->",
      "",
      "```bash",
      "two",
      "```",
    );
    assert.deepEqual(blocks, [
      { page: "page.md", line: 2, language: "ts", code: "one();" },
      {
        page: "page.md",
        line: 7,
        language: "bash",
        code: "two",
        mark: { kind: "run", text: "scene with words" },
      },
    ]);
  });

  it("takes the indentation of the fence from a block in a list, and no more", () => {
    const [block] = read("1. One:", "   ```ts", "   if (a) {", "     b();", "", "   }", "   ```");
    assert.equal(block?.code, "if (a) {\n  b();\n\n}");
  });

  it("refuses a block without an end, and a comment without a block", () => {
    assert.throws(() => read("```ts", "one();"), /page\.md:1: the block has no end/);
    assert.throws(() => read("<!-- not run: why -->", "Words."), /page\.md:2: a comment/);
  });
});

describe("the pages", () => {
  it("have no block that is not run, but for those that need the registry", () => {
    const left = pageBlocks().filter(({ mark }) => mark?.kind === "not run");
    for (const { mark } of left) assert.match(mark!.text, /registry/);
  });

  it("have no block in a language that nothing here can run", () => {
    for (const { page, line, language, mark } of pageBlocks()) {
      const isShown = language === "text" || mark?.kind === "file";
      assert.ok(isShown || ["ts", "bash"].includes(language), `${page}:${line}: ${language}`);
    }
  });
});
