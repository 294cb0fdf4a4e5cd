/** Checks everything that is no test: format, lint, types, documentation, packaging. */
import process from "node:process";
import { buildApiPages } from "./api_pages.ts";
import { checkExports } from "./check_exports.ts";
import { EXAMPLES_FOLDER, writeExamples } from "./doc_examples.ts";
import { formatTotals, type Totals } from "./lib/junit.ts";
import { edgeProblems } from "./lib/edge_bundle.ts";
import { entryPoints, filesBelow, isMain, runtimeProgram } from "./lib/project.ts";
import { run } from "./lib/run.ts";
import { tsc } from "./lib/tsc.ts";
import { makeDocs } from "./make_docs.ts";
import { officialDrift } from "./official_types.ts";

/** What came of a check. */
export interface CheckResult {
  ok: boolean;
  /** What it said; shown when it failed. */
  output: string;
  /** Why it was not carried out, where something is missing that cannot be had everywhere. */
  skipped?: string;
}

/** One check, by the name it is reported under. */
export interface Check {
  name: string;
  run(): Promise<CheckResult> | CheckResult;
}

async function deno(...args: string[]): Promise<CheckResult> {
  const { code, output } = await run({ command: runtimeProgram("deno"), args });
  return { ok: code === 0, output };
}

async function typescript(): Promise<CheckResult> {
  const { code, output } = await tsc("-p", ".");
  return { ok: code === 0, output };
}

function typeCheckedFiles(): string[] {
  const isSource = (path: string) => path.endsWith(".ts");
  writeExamples();
  return [
    ...entryPoints(),
    ...["src", "test", "scripts", EXAMPLES_FOLDER].flatMap((folder) =>
      filesBelow(folder, isSource)
    ),
  ];
}

function manifests(): CheckResult {
  const problems = checkExports();
  return { ok: problems.length === 0, output: problems.join("\n") };
}

async function officialTypes(): Promise<CheckResult> {
  const drift = await officialDrift();
  return { ok: drift.length === 0, output: drift.join("\n") };
}

function generatedPages(): CheckResult {
  const stale = makeDocs({ write: false });
  return {
    ok: stale.length === 0,
    output: stale.map((path) => `${path} is out of date`).join("\n"),
  };
}

async function edgeBundle(): Promise<CheckResult> {
  const problems = await edgeProblems("src/edge.ts");
  return { ok: problems.length === 0, output: problems.join("\n") };
}

/** All checks, in the order of running: the quick ones first. */
export const CHECKS: readonly Check[] = [
  { name: "exports, dependencies and version agree", run: manifests },
  {
    name: "deno.lock fits package.json (else run scripts/update_deno_lock.ts)",
    run: () => deno("install", "--frozen", "--lockfile-only"),
  },
  { name: "format (deno fmt --check)", run: () => deno("fmt", "--check") },
  { name: "lint and layers (deno lint)", run: () => deno("lint") },
  { name: "types (tsc)", run: typescript },
  { name: "types (deno check)", run: () => deno("check", ...typeCheckedFiles()) },
  { name: "types are those of @openai/codex-sdk (official_types.ts)", run: officialTypes },
  { name: "edge.ts needs only the APIs of the web (lib/edge_bundle.ts)", run: edgeBundle },
  { name: "documentation (deno doc --lint)", run: () => deno("doc", "--lint", ...entryPoints()) },
  { name: "events.md and spans.md follow from the code (else npm run docs)", run: generatedPages },
  { name: "pages of the API (deno doc --html)", run: () => buildApiPages() },
  {
    name: "publishing (deno publish --dry-run)",
    run: () => deno("publish", "--dry-run", "--allow-dirty"),
  },
];

/** Runs checks one after the other and prints how each went. */
export async function runChecks(
  checks: readonly Check[] = CHECKS,
  print: (line: string) => void = console.log,
): Promise<Totals> {
  const totals = { passed: 0, failed: 0, skipped: 0 };
  for (const check of checks) {
    const { ok, output, skipped } = await attempt(check);
    const result = skipped ? "skipped" : ok ? "passed" : "failed";
    totals[result] += 1;
    print(`${MARKS[result]} ${check.name}${skipped ? `: ${skipped}` : ""}`);
    if (result === "failed") print(output.trimEnd());
  }
  return totals;
}

const MARKS = { passed: "ok  ", failed: "FAIL", skipped: "skip" };

async function attempt(check: Check): Promise<CheckResult> {
  try {
    return await check.run();
  } catch (error) {
    return { ok: false, output: error instanceof Error ? error.message : String(error) };
  }
}

if (isMain(import.meta.url)) {
  const totals = await runChecks();
  console.log(formatTotals(totals));
  process.exitCode = totals.failed > 0 ? 1 : 0;
}
