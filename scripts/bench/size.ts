/**
 * `npm run bench -- size [ROUNDS]`: the minified and gzipped bundle of each entry point, under Node,
 * and the time to import, in each runtime; beside other packages. What is imported is the npm package,
 * and under Bun and Deno the sources as well, as they are on JSR.
 */
import { copyFileSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { pack } from "../dist/pack.ts";
import { bundledSize, loadedSize, type SizedProgram } from "../lib/bundle_size.ts";
import { installPinned } from "../lib/pinned.ts";
import { currentRuntime, ROOT, runtimeProgram } from "../lib/project.ts";
import { run as runProgram } from "../lib/run.ts";
import { median } from "./lib_otlp.ts";
import { estimate } from "./lib_pairs.ts";
import { edgeProgram, others, OURS } from "./sized_programs.ts";

const ROUNDS = 25;

const IMPORTER = join(ROOT, "scripts/bench/size_import.mjs");

/** The row that the times of all others are compared with. */
const OFFICIAL = "@openai/codex-sdk";

/** Runs the benchmark under the runtime that runs it, and prints tables. */
export async function run([rounds = String(ROUNDS)]: string[] = []): Promise<void> {
  const peers = await installPinned("scripts/bench/size_peers", "bench_size_peers");
  if (currentRuntime() === "node") await printSizes(peers);
  await printTimes(Number(rounds), peers);
}

async function printSizes(peers: string): Promise<void> {
  const base = await bundledSize({ ...OURS["./edge, telemetry"]!, bundler: "wrangler" });
  const table: Record<string, Record<string, string>> = {};
  const measure = async (
    name: string,
    program: SizedProgram,
    size: (program: SizedProgram) => Promise<number> = bundledSize,
  ) => {
    const bytes = program.bundler ? undefined : await size(program);
    const worker = program.platform === "node"
      ? undefined
      : await size({ ...program, bundler: "wrangler" });
    table[name] = {
      "KB": kilobytes(bytes),
      "KB by Wrangler": kilobytes(worker),
      "to ./edge, telemetry": worker === undefined ? "" : (worker / base).toFixed(2),
    };
  };
  for (const [name, program] of Object.entries(OURS)) await measure(name, program);
  await measure("./edge, loaded for traces", edgeProgram(["traces"]), loadedSize);
  await measure("./edge, loaded for all", edgeProgram(["traces", "metrics", "logs"]), loadedSize);
  for (const [name, program] of Object.entries(others(peers))) await measure(name, program);
  console.log(
    "Minified and gzipped bundles of esbuild, in units of 1,000 bytes. Each is one file with all\n" +
      'that it may load; "loaded for" leaves out what such a program has not loaded when it was run.',
  );
  console.table(table);
}

const kilobytes = (bytes: number | undefined): string =>
  bytes === undefined ? "" : (bytes / 1000).toFixed(1);

interface Sample {
  ms: number;
  cpuMs: number;
}

async function printTimes(rounds: number, peers: string): Promise<void> {
  const programs = Object.entries(await imports(peers));
  const samples = new Map<string, Sample[]>(programs.map(([name]) => [name, []]));
  // The first round fills caches. Turn by turn, so that a slow minute falls on all of them alike, and
  // each round begins with another one, so that none always follows the same.
  for (let round = 0; round <= rounds; round++) {
    for (let turn = 0; turn < programs.length; turn++) {
      const [name, args] = programs[(round + turn) % programs.length]!;
      const sample = await measureImport(args);
      if (round > 0) samples.get(name)!.push(sample);
    }
  }
  const official = samples.get(OFFICIAL)!;
  const table = Object.fromEntries(
    Array.from(samples, ([name, own]) => [name, {
      "import, ms": median(own.map(({ ms }) => ms)).toFixed(1),
      "CPU, ms": median(own.map(({ cpuMs }) => cpuMs)).toFixed(1),
      "to the official SDK": ratio(own.map(({ ms }, round) => ms / official[round]!.ms)),
      "by CPU": ratio(own.map(({ cpuMs }, round) => cpuMs / official[round]!.cpuMs)),
    }]),
  );
  console.log("Medians; of ratios within a round, and where they lie with a confidence of 95 %.");
  console.table(table);
}

function ratio(values: readonly number[]): string {
  const { median, low, high } = estimate(values);
  return `${median.toFixed(2)} (${low.toFixed(2)} to ${high.toFixed(2)})`;
}

/** What is imported: a program and what it is told to import. */
async function imports(peers: string): Promise<Record<string, string[]>> {
  const isNode = currentRuntime() === "node";
  const ours = await packed();
  return {
    "ours": ours("."),
    "ours, ./edge": ours("./edge"),
    "ours, ./otlp": ours("./otlp"),
    ...(isNode ? {} : { "ours, sources": [IMPORTER, pathToFileURL(join(ROOT, "mod.ts")).href] }),
    [OFFICIAL]: [IMPORTER, OFFICIAL],
    "exporter-trace-otlp-http + sdk-trace-base": [
      IMPORTER,
      "@opentelemetry/exporter-trace-otlp-http",
      "@opentelemetry/sdk-trace-base",
    ],
    ...(isNode ? { "@vercel/otel": [importerIn(peers), "@vercel/otel"] } : {}),
  };
}

/** Unpacks the npm package, below the project so that it finds its dependencies. */
async function packed(): Promise<(entry: string) => string[]> {
  const folder = join(ROOT, ".cache/bench_size");
  const home = join(folder, "node_modules/@codex-otel/sdk");
  rmSync(home, { recursive: true, force: true });
  mkdirSync(home, { recursive: true });
  const tarball = await pack(folder);
  const args = ["-xzf", tarball, "-C", home, "--strip-components=1"];
  const { code, output } = await runProgram({ command: "tar", args });
  if (code !== 0) throw new Error(output);
  // Or the package's name would lead to the project itself.
  writeFileSync(join(folder, "package.json"), "{}");
  const importer = importerIn(folder);
  return (entry) => [importer, entry.replace(".", "@codex-otel/sdk")];
}

/** A copy of the importing program that finds the packages of a folder. */
function importerIn(folder: string): string {
  const path = join(folder, "import.mjs");
  copyFileSync(IMPORTER, path);
  return path;
}

async function measureImport(args: string[]): Promise<Sample> {
  const first = currentRuntime() === "deno" ? ["run", "-A", "--no-check"] : [];
  const command = { command: runtimeProgram(currentRuntime()), args: [...first, ...args] };
  const { code, output } = await runProgram(command);
  if (code !== 0) throw new Error(`${args.join(" ")} ended with ${code}:\n${output}`);
  return JSON.parse(output.trim().split("\n").at(-1)!) as Sample;
}
