import assert from "node:assert/strict";
import { join, relative } from "node:path";
import { describe, it } from "node:test";
import { edgeProblems } from "../../scripts/lib/edge_bundle.ts";
import { ROOT } from "../../scripts/lib/project.ts";
import { withFiles } from "./temp_project.ts";

/** What is wrong with a module of this text, as for one target. */
async function problemsOf(source: string): Promise<string[]> {
  return await withFiles({ "entry.ts": source }, async (folder) => {
    const problems = await edgeProblems(relative(ROOT, join(folder, "entry.ts")));
    const perTarget = problems.map((problem) =>
      problem.replace(/^.*? for (workerd|browser): /, "")
    );
    assert.equal(perTarget.length % 2, 0);
    return [...new Set(perTarget)];
  });
}

const imported = (path: string) => JSON.stringify(join(ROOT, path));

describe("edgeProblems()", () => {
  it("has nothing to say of the entry point for the edge", async () => {
    assert.deepEqual(await edgeProblems("src/edge.ts"), []);
  });

  it("finds an import of a runtime adapter, also one for later", async () => {
    for (const path of ["src/runtime/otlp_platform.ts", "src/runtime/detect.ts", "src/sdk.ts"]) {
      const [problem] = await problemsOf(`export const it = import(${imported(path)});`);
      assert.match(problem ?? "", /node:|src\/runtime\//, path);
    }
    const [problem] = await problemsOf(`export * from ${imported("src/runtime/web_streams.ts")};`);
    assert.match(problem ?? "", /src\/runtime\/web_streams\.ts/);
  });

  it("finds a module of Node, and a package that is not there", async () => {
    assert.match((await problemsOf(`import "node:fs";`))[0] ?? "", /node:fs/);
    assert.match((await problemsOf(`export const it = import("left-pad");`))[0] ?? "", /left-pad/);
  });

  const names: [source: string, name: string][] = [
    ["export const it = process.env;", "process"],
    ["export const it = typeof Buffer;", "Buffer"],
    ["export const it = globalThis.process;", "process"],
    ["export const it = __dirname;", "__dirname"],
    ["export const it = typeof require;", "require"],
  ];
  for (const [source, name] of names) {
    it(`finds the name in: ${source}`, async () => {
      const problems = await problemsOf(`declare const ${name}: any; ${source}`);
      assert.equal(problems.length, 1);
      assert.match(problems[0] ?? "", new RegExp(`entry\\.ts names ${name}$`));
    });
  }

  it("leaves alone a variable and a member of such a name", async () => {
    const source = `export const it = (process: { Buffer: 1 }) => process.Buffer;`;
    assert.deepEqual(await problemsOf(source), []);
  });
});
