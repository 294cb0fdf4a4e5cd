/** Checks of what an import of the npm package loads, which is what the time to start depends on. */
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Check, CheckResult } from "../check.ts";
import { moduleGraph, reach } from "../lib/module_graph.ts";
import { ROOT, runtimeProgram } from "../lib/project.ts";
import { mustRun } from "../lib/run.ts";

/** A file of its own, and the one that all of them share. */
const FILES = 2;

/** The checks of an unpacked package. */
export function startChecks(folder: string): Check[] {
  const entries = ["mod.js", "src/edge.js", "src/testing/mod.js"];
  return [
    ...entries.map((entry) => ({
      name: `${entry} loads ${FILES} files`,
      run: () => checkFiles(folder, entry),
    })),
    { name: "mod.js loads no module of Node and no package", run: () => checkModules(folder) },
  ];
}

async function checkFiles(folder: string, entry: string): Promise<CheckResult> {
  const files = reach(await moduleGraph(folder, [entry]), entry);
  return { ok: files.size <= FILES, output: Array.from(files).join("\n") };
}

async function checkModules(folder: string): Promise<CheckResult> {
  const url = pathToFileURL(join(folder, "mod.js")).href;
  const args = [join(ROOT, "scripts/dist/start_program.mjs"), url];
  const output = await mustRun({ command: runtimeProgram("node"), args });
  return { ok: output === "", output };
}
