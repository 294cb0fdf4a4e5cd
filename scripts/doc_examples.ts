/**
 * Turns the examples in doc comments into tests: each titled `@example` with a block of `ts` becomes
 * a module under `.cache/examples/`, and one test file imports them all. The names of the package in
 * them resolve by its own `exports`.
 */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { filesBelow, isMain, ROOT } from "./lib/project.ts";
import { officialExamples, officialProgram } from "./pages/official_readme.ts";
import { pageModules } from "./pages/page_blocks.ts";

/** Where the tests go, from the project's folder. Not checked in. */
export const EXAMPLES_FOLDER = ".cache/examples";

const TEST_FILE = "examples_test.ts";

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

/** Brings the tests of all examples up to date. Returns the path of the test file. */
export function writeExamples(): string {
  const sources = ["mod.ts", ...filesBelow("src", (path) => path.endsWith(".ts"))];
  const examples = sources.flatMap((path) =>
    examplesOf(path).map(({ title, code }, index) => ({
      title: `${path}: ${title}`,
      file: `${path.replace(/\.ts$/, "").replaceAll("/", "_")}_${index + 1}.ts`,
      // An empty export makes a module of an example without imports.
      code: `${code}\nexport {};\n`,
    }))
  );
  const files = new Map(examples.map(({ file, code }) => [file, code]));
  // The blocks of the pages are run elsewhere; here they are type-checked with the rest.
  for (const [file, code] of pageModules()) files.set(file, code);
  files.set("official_readme.ts", officialProgram("@codex-otel/sdk", officialExamples()));
  files.set(TEST_FILE, testModule(examples));
  replaceFiles(join(ROOT, EXAMPLES_FOLDER), files);
  return `${EXAMPLES_FOLDER}/${TEST_FILE}`;
}

/** Leaves a file alone that is as it should be: another run may be reading it. */
function replaceFiles(folder: string, files: ReadonlyMap<string, string>): void {
  mkdirSync(folder, { recursive: true });
  const present = readdirSync(folder);
  for (const file of present) if (!files.has(file)) rmSync(join(folder, file), { force: true });
  for (const [file, text] of files) {
    const path = join(folder, file);
    if (!present.includes(file) || readFileSync(path, "utf8") !== text) writeFileSync(path, text);
  }
}

function examplesOf(path: string): DocExample[] {
  try {
    return extractExamples(readFileSync(join(ROOT, path), "utf8"));
  } catch (error) {
    throw new Error(`${path}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

const testModule = (examples: readonly { title: string; file: string }[]): string =>
  [
    'import { describe, it } from "node:test";',
    "",
    'describe("the examples in doc comments", () => {',
    ...examples.map(({ title, file }) =>
      `  it(${JSON.stringify(title)}, async () => {\n    await import("./${file}");\n  });`
    ),
    "});",
    "",
  ].join("\n");

if (isMain(import.meta.url)) console.log(writeExamples());
