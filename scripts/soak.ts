/**
 * Runs turns of all kinds for a while and looks for what they leave:
 * `npm run soak -- [--minutes N] [--runtime node|bun|deno]`. 10 minutes under Node by default. Fails
 * on any finding; the last line counts the checks.
 */
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { parseArgs } from "node:util";
import { spawn } from "node:child_process";
import { loadRuntime } from "../src/runtime/detect.ts";
import { formatTotals } from "./lib/junit.ts";
import { isMain, ROOT, runScript, RUNTIMES } from "./lib/project.ts";
import type { RuntimeName } from "./lib/project.ts";
import { type Memory, memoryGrowth, show } from "./soak/memory.ts";

/** What the command line asks for. */
export interface SoakPlan {
  minutes: number;
  runtime: RuntimeName;
}

/** What the program printed, how it ended, and what it left. */
export interface SoakResult {
  report: { findings: string[]; counts: Record<string, number>; memory: Memory } | undefined;
  /** How it ended, if not by itself and in time. */
  trouble: string | undefined;
  files: string[];
  processes: number[];
}

/** A program whose time is over has this long to end its turns and to exit. */
const EXIT_WAIT_MS = 90_000;

/** Marks the program and everything that it starts. */
const MARK_VARIABLE = "CODEX_OTEL_SOAK";

/**
 * Reads the command line.
 * @throws {TypeError} when it asks for no time, or for no runtime that there is.
 */
export function planSoak(args: string[]): SoakPlan {
  const { values } = parseArgs({
    args,
    options: { minutes: { type: "string" }, runtime: { type: "string" } },
  });
  const minutes = Number(values.minutes ?? 10);
  if (!(minutes > 0)) throw new TypeError(`--minutes is above 0, not ${values.minutes}`);
  const runtime = RUNTIMES.find((name) => name === (values.runtime ?? "node"));
  if (!runtime) throw new TypeError(`--runtime is one of ${RUNTIMES.join(", ")}`);
  return { minutes, runtime };
}

/** The checks of a soak: each with what is wrong, which is nothing where it passed. */
export function judgeSoak({ report, trouble, files, processes }: SoakResult): [string, string[]][] {
  const { findings = [], memory } = report ?? {};
  return [
    ["the program ended by itself, and told what it saw", [
      ...trouble ? [trouble] : [],
      ...report ? [] : ["there is no report"],
    ]],
    ["every turn ended once and in order, and no handle or handler was left", findings],
    ["its memory was flat", memory ? memoryGrowth(memory) : []],
    ["no temporary file was left", files],
    ["no process was left", processes.map(String)],
  ];
}

async function runSoak({ minutes, runtime }: SoakPlan): Promise<SoakResult> {
  const folder = mkdtempSync(join(tmpdir(), "soak-"));
  const mark = crypto.randomUUID();
  const { command, args } = runScript(runtime, "scripts/soak/program.ts", { exposesGc: true });
  const child = spawn(command, [...args, String(minutes * 60)], {
    cwd: ROOT,
    env: { ...process.env, TMPDIR: folder, [MARK_VARIABLE]: mark },
    stdio: ["ignore", "pipe", "inherit"],
  });
  let output = "";
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => output += chunk);
  let trouble: string | undefined;
  const timer = setTimeout(() => {
    trouble = "it did not exit by itself";
    child.kill("SIGKILL");
  }, minutes * 60_000 + EXIT_WAIT_MS);
  const code = await new Promise((resolve) => child.on("close", resolve));
  clearTimeout(timer);
  if (code !== 0) trouble ??= `it ended with ${code}`;
  try {
    const processes = await endMarked(mark);
    return { report: parseReport(output), trouble, files: leftFiles(folder), processes };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function parseReport(output: string): SoakResult["report"] {
  try {
    return JSON.parse(output.trim().split("\n").at(-1)!) as SoakResult["report"];
  } catch {
    return undefined;
  }
}

/** What the package and its helpers make; runtimes and compilers keep caches of their own there. */
const leftFiles = (folder: string) =>
  readdirSync(folder).filter((name) => name.startsWith("codex"));

async function endMarked(mark: string): Promise<number[]> {
  const { processes } = await loadRuntime();
  const left = await processes.withVariable(MARK_VARIABLE, mark);
  for (const one of left) processes.signal(one, "SIGKILL");
  return left.map(({ pid }) => pid);
}

async function main(args: string[]): Promise<boolean> {
  const plan = planSoak(args);
  console.log(`== a soak of ${plan.minutes} minutes under ${plan.runtime}`);
  const result = await runSoak(plan);
  for (const [what, count] of Object.entries(result.report?.counts ?? {}).sort()) {
    console.log(`${String(count).padStart(6)}  ${what}`);
  }
  const { memory } = result.report ?? {};
  if (memory) {
    const { warm, end } = memory;
    console.log(`memory: ${show(warm.rss)} after the warm-up, ${show(end.rss)} at the end`);
    console.log(`its heap: ${show(warm.heap)} after the warm-up, ${show(end.heap)} at the end`);
  }
  const checks = judgeSoak(result);
  for (const [check, wrong] of checks) {
    console.log(`${wrong.length === 0 ? "ok" : "NOT OK"}  ${check}`);
    for (const one of wrong.slice(0, 20)) console.log(`        ${one}`);
  }
  const failed = checks.filter(([, wrong]) => wrong.length > 0).length;
  console.log(formatTotals({ passed: checks.length - failed, failed, skipped: 0 }));
  return failed === 0;
}

if (isMain(import.meta.url)) process.exitCode = await main(process.argv.slice(2)) ? 0 : 1;
