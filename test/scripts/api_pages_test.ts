import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { buildApiPages } from "../../scripts/api_pages.ts";
import { withFiles } from "./temp_project.ts";

const MANIFEST = JSON.stringify({ name: "@x/y", version: "0.0.0", exports: "./mod.ts" });

/** What comes of a package that exports one thing. */
const build = (source: string) =>
  withFiles(
    { "deno.json": MANIFEST, "mod.ts": source, "src/a.ts": "export {};\n" },
    (root) => buildApiPages({ root, entries: ["mod.ts"] }),
  );

describe("buildApiPages()", () => {
  it("builds what has nothing wrong", async () => {
    const { ok, output } = await build("/** One. */\nexport const one: number = 1;\n");
    assert.ok(ok, output);
    assert.match(output, /Written \d+ files/);
  });

  it("fails for a type that cannot be found", async () => {
    const { ok, output } = await build('export { two } from "./src/two.ts";\n');
    assert.equal(ok, false);
    assert.match(output, /Warning.*two\.ts/);
  });
});
