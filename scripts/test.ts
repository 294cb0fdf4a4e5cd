/**
 * Runs the checks, then the tests under each runtime and those of the edge:
 * `npm test -- [--lane node|bun|deno|edge]... [--no-check] [PART_OF_A_PATH ...]`.
 * With parts of paths only the files that fit run, and no checks. The last line counts everything.
 */
import process from "node:process";
import { parseArgs } from "node:util";
import { runChecks } from "./check.ts";
import { writeExamples } from "./doc_examples.ts";
import { addTotals, formatTotals } from "./lib/junit.ts";
import type { Totals } from "./lib/junit.ts";
import { filesOf, LANES, reportLane, runLane } from "./lib/lanes.ts";
import type { LaneName, LaneResult } from "./lib/lanes.ts";
import { filesBelow, isMain } from "./lib/project.ts";

/** These need a collector, and have a command of their own. */
const ELSEWHERE = ["test/collector/"];

/** What the command line asks for. */
export interface TestPlan {
  lanes: LaneName[];
  /** Whether the lanes were named; of the others, those are left out that no file fits. */
  named: boolean;
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
  const unknown = lanes.find((lane) => !(LANES as readonly string[]).includes(lane));
  if (unknown !== undefined) {
    throw new TypeError(`--lane is one of ${LANES.join(", ")}, not ${unknown}`);
  }
  return {
    lanes: lanes.length > 0 ? lanes as LaneName[] : [...LANES],
    named: lanes.length > 0,
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

/** The files of a lane that fit any of the filters, with the examples of the doc comments. */
export function suiteFiles(lane: LaneName, filters: readonly string[]): string[] {
  const examples = writeExamples();
  const tests = filesBelow("test", (path) => path.endsWith("_test.ts"));
  return filesOf(lane, selectFiles([...tests, examples], filters));
}

async function runLanes({ lanes, named, filters }: TestPlan): Promise<LaneResult[]> {
  const suites = lanes.map((lane) => ({ lane, files: suiteFiles(lane, filters) }));
  const fitting = suites.filter(({ files }) => files.length > 0);
  const results = [];
  for (const { lane, files } of named || fitting.length === 0 ? suites : fitting) {
    console.log(`\n== ${lane}: ${files.length} files`);
    results.push(files.length > 0 ? await runLane(lane, files) : nothingFits(lane));
  }
  return results;
}

const nothingFits = (lane: LaneName): LaneResult => ({
  lane,
  passed: 0,
  failed: 1,
  skipped: 0,
  trouble: "no file fits",
  failures: [],
});

async function main(args: string[]): Promise<boolean> {
  const plan = planTests(args);
  const checks: Totals[] = [];
  if (plan.check) checks.push(await runChecks());
  const lanes = await runLanes(plan);
  console.log("");
  if (checks[0]) console.log(`check: ${formatTotals(checks[0])}`);
  for (const result of lanes) reportLane(result.lane, result);
  const totals = addTotals([...checks, ...lanes]);
  console.log(formatTotals(totals));
  return totals.failed === 0;
}

if (isMain(import.meta.url)) {
  process.exitCode = await main(process.argv.slice(2)) ? 0 : 1;
}
