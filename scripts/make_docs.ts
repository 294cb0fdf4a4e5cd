/**
 * Makes the pages of `docs/` that follow from the code: `npm run docs` writes them, `-- --check`
 * tells which are out of date.
 */
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { eventsPage } from "./docs/events_page.ts";
import { spansPage } from "./docs/spans_page.ts";
import { isMain, ROOT, runtimeProgram } from "./lib/project.ts";

/** Each page by its path. */
const PAGES: Readonly<Record<string, () => string>> = {
  "docs/events.md": eventsPage,
  "docs/spans.md": spansPage,
};

/** What is made, and whether it is written or only compared. */
export interface MakeOptions {
  write: boolean;
  pages?: Readonly<Record<string, () => string>>;
}

/** Brings the pages up to date. Returns the paths of those that are not. */
export function makeDocs({ write, pages = PAGES }: MakeOptions): string[] {
  return Object.entries(pages).filter(([path, make]) => {
    const text = format(make());
    if (text === read(path)) return false;
    if (write) writeFileSync(join(ROOT, path), text);
    return true;
  }).map(([path]) => path);
}

function format(markdown: string): string {
  return execFileSync(runtimeProgram("deno"), ["fmt", "--ext", "md", "-"], {
    cwd: ROOT,
    input: markdown,
    encoding: "utf8",
  });
}

function read(path: string): string | undefined {
  try {
    return readFileSync(join(ROOT, path), "utf8");
  } catch {
    return undefined;
  }
}

if (isMain(import.meta.url)) {
  const write = !process.argv.includes("--check");
  const changed = makeDocs({ write });
  for (const path of changed) console.log(`${path} ${write ? "is made" : "is out of date"}`);
  if (!write && changed.length > 0) process.exitCode = 1;
}
