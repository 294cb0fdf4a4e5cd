/**
 * `npm run test:node-matrix [-- [--line 22]... PART_OF_A_PATH ...]`: the package's tests under the
 * lines of Node that are supported beside the one that runs this. They come from npm's package `node`.
 */
import { execFileSync } from "node:child_process";
import { delimiter, dirname, join } from "node:path";
import process from "node:process";
import { parseArgs } from "node:util";
import { addTotals, formatTotals } from "./lib/junit.ts";
import { type LaneResult, reportLane, runLane } from "./lib/lanes.ts";
import { installPinned } from "./lib/pinned.ts";
import { suiteFiles } from "./test.ts";

const LINES = ["22", "24", "26"];

/** What tests the project's own scripts and pages, and not the package. */
const OF_THE_PROJECT = ["test/scripts/", "test/pages/"];

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { line: { type: "string", multiple: true, default: LINES } },
});
const folder = await installPinned("scripts/node_matrix", "node_matrix");
const files = suiteFiles("node", positionals)
  .filter((file) => !OF_THE_PROJECT.some((part) => file.startsWith(part)));
const results: [line: string, LaneResult][] = [];
for (const line of values.line) {
  const program = join(folder, `node_modules/node-${line}/bin/node`);
  const version = execFileSync(program, ["--version"], { encoding: "utf8" }).trim();
  if (!version.startsWith(`v${line}.`)) throw new Error(`${program} is Node ${version}`);
  // Tests that start Node by its name get the same one.
  const PATH = [dirname(program), process.env["PATH"]].join(delimiter);
  console.log(`\n== node ${version}: ${files.length} files`);
  results.push([line, await runLane("node", files, { program, env: { PATH } })]);
}
console.log("");
for (const [line, result] of results) reportLane(`node ${line}`, result);
const totals = addTotals(results.map(([, result]) => result));
console.log(formatTotals(totals));
process.exitCode = totals.failed === 0 ? 0 : 1;
