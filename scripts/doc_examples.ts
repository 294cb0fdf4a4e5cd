/**
 * Turns the examples in doc comments into tests: each titled `@example` with a block of `ts` becomes
 * a module under `.cache/examples/`, and one test file imports them all. The names of the package in
 * them resolve by its own `exports`.
 */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { filesBelow, isMain, ROOT } from "./lib/project.ts";

/** Where the tests go, from the project's folder. Not checked in. */
export const EXAMPLES_FOLDER = ".cache/examples";

/** An example of a doc comment. */
export interface DocExample {
  title: string;
  code: string;
}

const DOC_COMMENT = /\/\*\*[\s\S]*?\*\//g;
const EXAMPLE = /@example[ \t]*([^\n]*)\n+```ts\n([\s\S]*?)\n```/g;

/**
 * The examples in the doc comments of a source text, in order.
 * @throws {Error} when one has no title, or no block of `ts` right after its title.
 */
export function extractExamples(source: string): DocExample[] {
  return (source.match(DOC_COMMENT) ?? []).map(commentText).flatMap((comment) => {
    const examples = Array.from(comment.matchAll(EXAMPLE), ([, title = "", code = ""]) => ({
      title: title.trim(),
      code,
    }));
    const announced = comment.match(/^@example/gm)?.length ?? 0;
    const bad = announced !== examples.length || examples.some(({ title }) => title === "");
    if (bad) {
      throw new Error(`an @example has no title, or no \`\`\`ts block after it:\n${comment}`);
    }
    return examples;
  });
}

const commentText = (comment: string): string =>
  comment.slice(3, -2).split("\n").map((line) => line.replace(/^\s*\* ?/, "")).join("\n");

/** Writes the tests of all examples afresh. Returns the path of the test file. */
export function writeExamples(): string {
  const folder = join(ROOT, EXAMPLES_FOLDER);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const sources = ["mod.ts", ...filesBelow("src", (path) => path.endsWith(".ts"))];
  const tests = sources.flatMap((path) =>
    examplesOf(path).map((example, index) => {
      const file = `${path.replace(/\.ts$/, "").replaceAll("/", "_")}_${index + 1}.ts`;
      // An empty export makes a module of an example without imports.
      writeFileSync(join(folder, file), `${example.code}\nexport {};\n`);
      const title = JSON.stringify(`${path}: ${example.title}`);
      return `  it(${title}, async () => {\n    await import("./${file}");\n  });`;
    })
  );
  const testFile = join(EXAMPLES_FOLDER, "examples_test.ts");
  writeFileSync(join(ROOT, testFile), testModule(tests));
  return testFile;
}

function examplesOf(path: string): DocExample[] {
  try {
    return extractExamples(readFileSync(join(ROOT, path), "utf8"));
  } catch (error) {
    throw new Error(`${path}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

const testModule = (tests: string[]): string =>
  [
    'import { describe, it } from "node:test";',
    "",
    'describe("the examples in doc comments", () => {',
    ...tests,
    "});",
    "",
  ].join("\n");

if (isMain(import.meta.url)) console.log(writeExamples());
