/**
 * Runs the checks, then the tests under each runtime:
 * `npm test -- [--lane node|bun|deno]... [--no-check] [PART_OF_A_PATH ...]`.
 * With parts of paths only the files that fit run, and no checks. The last line counts everything.
 */
import process from "node:process";
import { parseArgs } from "node:util";
import { runChecks } from "./check.ts";
import { writeExamples } from "./doc_examples.ts";
import { addTotals, formatTotals } from "./lib/junit.ts";
import type { Totals } from "./lib/junit.ts";
import { runLane } from "./lib/lanes.ts";
import type { LaneResult } from "./lib/lanes.ts";
import { filesBelow, isMain, RUNTIMES } from "./lib/project.ts";
import type { RuntimeName } from "./lib/project.ts";

/** These need more than a runtime (a collector, workerd) and have commands of their own. */
const ELSEWHERE = ["test/collector/", "test/edge/"];

/** What the command line asks for. */
export interface TestPlan {
  lanes: RuntimeName[];
  check: boolean;
  filters: string[];
}

/** Reads the command line. */
export function planTests(args: string[]): TestPlan {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { lane: { type: "string", multiple: true }, "no-check": { type: "boolean" } },
  });
  const lanes = values.lane ?? [];
  const unknown = lanes.find((lane) => !(RUNTIMES as readonly string[]).includes(lane));
  if (unknown !== undefined) {
    throw new TypeError(`--lane is one of ${RUNTIMES.join(", ")}, not ${unknown}`);
  }
  return {
    lanes: lanes.length > 0 ? lanes as RuntimeName[] : [...RUNTIMES],
    check: !values["no-check"] && positionals.length === 0,
    filters: positionals,
  };
}

/** The test files that fit any of the filters; all of them without a filter. */
export function selectFiles(files: readonly string[], filters: readonly string[]): string[] {
  const wanted = filters.map((filter) => filter.replace(/^\.\//, ""));
  return files
    .filter((file) => !ELSEWHERE.some((folder) => file.startsWith(folder)))
    .filter((file) => wanted.length === 0 || wanted.some((part) => file.includes(part)));
}

/** The files of the suite that fit any of the filters, with the examples of the doc comments. */
export function suiteFiles(filters: readonly string[]): string[] {
  const examples = writeExamples();
  const tests = filesBelow("test", (path) => path.endsWith("_test.ts"));
  return selectFiles([...tests, examples], filters);
}

async function runLanes({ lanes, filters }: TestPlan): Promise<LaneResult[]> {
  const files = suiteFiles(filters);
  const results = [];
  for (const lane of lanes) {
    console.log(`\n== ${lane}: ${files.length} files`);
    results.push(files.length > 0 ? await runLane(lane, files) : nothingFits(lane));
  }
  return results;
}

const nothingFits = (runtime: RuntimeName): LaneResult => ({
  runtime,
  passed: 0,
  failed: 1,
  skipped: 0,
  trouble: "no file fits",
});

async function main(args: string[]): Promise<boolean> {
  const plan = planTests(args);
  const checks: Totals[] = [];
  if (plan.check) checks.push(await runChecks());
  const lanes = await runLanes(plan);
  console.log("");
  if (checks[0]) console.log(`check: ${formatTotals(checks[0])}`);
  for (const lane of lanes) {
    console.log(
      `${lane.runtime}: ${formatTotals(lane)}${lane.trouble ? ` (${lane.trouble})` : ""}`,
    );
  }
  const totals = addTotals([...checks, ...lanes]);
  console.log(formatTotals(totals));
  return totals.failed === 0;
}

if (isMain(import.meta.url)) {
  process.exitCode = await main(process.argv.slice(2)) ? 0 : 1;
}
