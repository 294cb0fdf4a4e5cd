/** The pages whose code blocks are run by the tests, and what there is to type-check in them. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { isMain, ROOT } from "../lib/project.ts";
import { type Block, readBlocks } from "./blocks.ts";

/** Pages for those who use the package. */
export const PAGES = ["README.md", "docs/runbook.md"] as const;

/** The blocks of all pages. */
export function pageBlocks(): Block[] {
  return PAGES.flatMap((page) => readBlocks(page, readFileSync(join(ROOT, page), "utf8")));
}

/** The modules of the pages, by the names of the files that hold them. */
export function pageModules(): Map<string, string> {
  const modules = pageBlocks().filter(({ language, mark }) =>
    language === "ts" && mark?.kind !== "file"
  );
  return new Map(modules.map((block) => [moduleName(block), moduleText(block)]));
}

/** An empty export makes a module of a block without imports. */
export const moduleText = ({ code }: Block): string => `${code}\nexport {};\n`;

const moduleName = ({ page, line }: Block): string =>
  `${page.replace(/\.md$/, "").replaceAll("/", "_")}_${line}.ts`;

if (isMain(import.meta.url)) {
  for (const { page, line, language, mark } of pageBlocks()) {
    console.log(`${page}:${line} ${language} ${mark ? `${mark.kind}: ${mark.text}` : "run"}`);
  }
}
