/** One lane for each runtime, and one for the edge: how it runs files, and what came of it. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { formatTotals, readReport } from "./junit.ts";
import type { Report, Totals } from "./junit.ts";
import { runtimeProgram } from "./project.ts";
import type { Command, RuntimeName } from "./project.ts";
import { run } from "./run.ts";

/** Bun kills a test after 5 seconds unless told otherwise; the others are given the same limit. */
const TEST_TIMEOUT_MS = 240_000;

/** Test files at once: one more than cores, because many of them wait for something. */
const AT_ONCE = availableParallelism() + 1;

/** The lanes. That of the edge drives Workers in workerd from tests under Node. */
export const LANES = ["node", "bun", "deno", "edge"] as const;

/** One of the lanes. */
export type LaneName = typeof LANES[number];

/** Where the tests of the edge are. */
const EDGE_FOLDER = "test/edge/";

/** Those of the files that a lane runs. */
export function filesOf(lane: LaneName, files: readonly string[]): string[] {
  return files.filter((file) => file.startsWith(EDGE_FOLDER) === (lane === "edge"));
}

/** What a lane made of its files. */
export interface LaneResult extends Totals {
  lane: LaneName;
  /** Why the lane as a whole counts as failed, where no test of it says so. */
  trouble?: string;
  /** The tests that failed, with what they said. */
  failures: string[];
}

/** Settings of {@linkcode runLane}. */
export interface LaneOptions {
  /** In place of the runtime's usual program. */
  program?: string;
  env?: Record<string, string>;
}

/** The command that runs test files and writes a JUnit report. */
export function laneCommand(
  runtime: RuntimeName,
  options: { files: readonly string[]; report: string; program?: string },
): Command {
  const { files, report, program = runtimeProgram(runtime) } = options;
  const args = {
    node: [
      "--import=tsx",
      "--test",
      `--test-concurrency=${AT_ONCE}`,
      `--test-timeout=${TEST_TIMEOUT_MS}`,
      "--test-reporter=spec",
      "--test-reporter-destination=stdout",
      "--test-reporter=junit",
      `--test-reporter-destination=${report}`,
      ...files,
    ],
    bun: [
      "test",
      `--timeout=${TEST_TIMEOUT_MS}`,
      // A process runs many files; only so does each get globals and modules of its own.
      `--parallel=${AT_ONCE}`,
      "--reporter=junit",
      `--reporter-outfile=${report}`,
      // Without ./ Bun takes a path for a filter on names.
      ...files.map((file) => `./${file}`),
    ],
    // The types were checked before, by `check`.
    deno: ["test", "-A", "--no-check", "--parallel", `--junit-path=${report}`, ...files],
  };
  return { command: program, args: args[runtime] };
}

/** Runs test files in a lane, passing on the output. */
export async function runLane(
  lane: LaneName,
  files: readonly string[],
  { program, env }: LaneOptions = {},
): Promise<LaneResult> {
  const runtime = lane === "edge" ? "node" : lane;
  const folder = mkdtempSync(join(tmpdir(), "codex-otel-lane-"));
  const report = join(folder, "report.xml");
  try {
    const command = laneCommand(runtime, { files, report, program });
    const { code } = await run(command, { live: true, env: { ...env, DENO_JOBS: `${AT_ONCE}` } });
    return judge(lane, { code, ...readReport(textOf(report)) });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A lane fails that ran nothing, and one whose runtime failed though no test did (a file that throws). */
export function judge(
  lane: LaneName,
  { code, totals, failures }: Report & { code: number | null },
): LaneResult {
  const trouble = totals.passed + totals.failed === 0
    ? "ran no test"
    : code !== 0 && totals.failed === 0
    ? `ended with ${code ?? "a signal"} though no test failed`
    : undefined;
  if (trouble === undefined) return { lane, ...totals, failures };
  return { lane, ...totals, failed: totals.failed + 1, trouble, failures };
}

/** Says at the end of a long output what failed. */
export function reportLane(name: string, { trouble, failures, ...totals }: LaneResult): void {
  for (const failure of [...failures, ...trouble ? [trouble] : []]) {
    console.log(`FAIL ${name}: ${failure}`);
  }
  console.log(`${name}: ${formatTotals(totals)}${trouble ? ` (${trouble})` : ""}`);
}

function textOf(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    // A runtime that dies before it writes one has run nothing.
    return "";
  }
}
