/**
 * Runs a benchmark of `scripts/bench/` under the runtimes, one after the other:
 * `npm run bench -- NAME [--runtime node|bun|deno]... [-- ARGUMENTS]`.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { parseArgs } from "node:util";
import { filesBelow, isMain, ROOT, runScript, RUNTIMES } from "./lib/project.ts";
import type { RuntimeName } from "./lib/project.ts";
import { run } from "./lib/run.ts";

/** What the command line asks for. */
export interface BenchPlan {
  name: string;
  runtimes: RuntimeName[];
  /** Handed to the benchmark's `run()`. */
  args: string[];
}

/**
 * Reads the command line.
 * @throws {TypeError} when it names no benchmark that is there, or no runtime.
 */
export function planBench(args: string[], available: readonly string[]): BenchPlan {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { runtime: { type: "string", multiple: true } },
  });
  const [name = "", ...rest] = positionals;
  if (!available.includes(name)) {
    throw new TypeError(
      `name one of these benchmarks: ${available.join(", ") || "(there are none)"}`,
    );
  }
  const unknown = values.runtime?.find((runtime) =>
    !(RUNTIMES as readonly string[]).includes(runtime)
  );
  if (unknown !== undefined) {
    throw new TypeError(`--runtime is one of ${RUNTIMES.join(", ")}, not ${unknown}`);
  }
  return {
    name,
    runtimes: (values.runtime as RuntimeName[] | undefined) ?? [...RUNTIMES],
    args: rest,
  };
}

/** The names of the benchmarks that are there: modules with a `run()`, not those that they start. */
export function availableBenches(): string[] {
  return filesBelow("scripts/bench", (path) => /^scripts\/bench\/[a-z_]+\.ts$/.test(path))
    .filter((path) => /^export async function run\(/m.test(readFileSync(join(ROOT, path), "utf8")))
    .map((path) => path.slice("scripts/bench/".length, -".ts".length));
}

async function main(): Promise<void> {
  const plan = planBench(process.argv.slice(2), availableBenches());
  for (const runtime of plan.runtimes) {
    console.log(`== ${plan.name} under ${runtime}`);
    const { command, args } = runScript(runtime, "scripts/lib/run_bench.ts");
    const { code } = await run({ command, args: [...args, plan.name, ...plan.args] }, {
      live: true,
    });
    if (code !== 0) process.exitCode = 1;
  }
}

if (isMain(import.meta.url)) {
  await main().catch((error: unknown) => {
    console.error(error instanceof TypeError ? error.message : error);
    process.exitCode = 2;
  });
}
