/** Checks of what is in the npm package. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import type { Check, CheckResult } from "../check.ts";
import { leaks } from "./declarations.ts";

/** What every package must have. */
const NEEDED = ["package.json", "README.md", "LICENSE", "CHANGELOG.md", "mod.js", "mod.d.ts"];

/** All that may be there: code and declarations, and the documents. */
const WANTED = [/^(mod|src\/.+)(\.js|\.d\.ts)$/, /^docs\/[^/]+\.md$/];

/** What is missing of the files of a package, and what does not belong there; a sentence each. */
export function misplaced(files: readonly string[]): string[] {
  const missing = NEEDED.filter((path) => !files.includes(path));
  const foreign = files.filter((path) =>
    !NEEDED.includes(path) && !WANTED.some((wanted) => wanted.test(path))
  );
  return [
    ...missing.map((path) => `there is no ${path}`),
    ...foreign.map((path) => `${path} does not belong there`),
  ];
}

/** The checks of an unpacked package. */
export function tarballChecks(folder: string): Check[] {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join("/"));
  return [
    {
      name: "it holds code, declarations and documents only",
      run: () => verdict(misplaced(files)),
    },
    { name: "every entry point has its files", run: () => verdict(deadTargets(folder)) },
    { name: "declarations leak no runtime's types", run: () => verdict(leaksIn(folder, files)) },
  ];
}

const verdict = (problems: string[]): CheckResult => ({
  ok: problems.length === 0,
  output: problems.join("\n"),
});

function deadTargets(folder: string): string[] {
  const { exports } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as {
    exports: Record<string, string | Record<string, string>>;
  };
  return Object.values(exports)
    .flatMap((target) => typeof target === "string" ? [target] : Object.values(target))
    .filter((path) => !existsSync(join(folder, path)))
    .map((path) => `exports: there is no ${path}`);
}

function leaksIn(folder: string, files: readonly string[]): string[] {
  return files.filter((path) => path.endsWith(".d.ts")).flatMap((path) =>
    leaks(readFileSync(join(folder, path), "utf8")).map((leak) => `${path}: ${leak}`)
  );
}
