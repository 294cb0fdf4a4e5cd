/**
 * `npm run bench -- size [ROUNDS]`: the minified and gzipped bundle of each entry point, under Node,
 * and the time to import, in each runtime; beside other packages. Node imports the npm package, as
 * its users do, Bun and Deno the sources.
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
import { edgeProgram, others, OURS } from "./sized_programs.ts";

const ROUNDS = 15;

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
  // The first round fills caches. Turn by turn, so that a slow minute falls on all of them alike.
  for (let round = 0; round <= rounds; round++) {
    for (const [name, args] of programs) {
      const sample = await measureImport(args);
      if (round > 0) samples.get(name)!.push(sample);
    }
  }
  const medianOf = (name: string, value: (sample: Sample) => number) =>
    median(samples.get(name)!.map(value));
  const table = Object.fromEntries(programs.map(([name]) => {
    const [ms, cpuMs] = [medianOf(name, ({ ms }) => ms), medianOf(name, ({ cpuMs }) => cpuMs)];
    return [name, {
      "import, ms": ms.toFixed(1),
      "CPU, ms": cpuMs.toFixed(1),
      "to the official SDK": (ms / medianOf(OFFICIAL, ({ ms }) => ms)).toFixed(2),
      "by CPU": (cpuMs / medianOf(OFFICIAL, ({ cpuMs }) => cpuMs)).toFixed(2),
    }];
  }));
  console.table(table);
}

/** What is imported: a program and what it is told to import. */
async function imports(peers: string): Promise<Record<string, string[]>> {
  const isNode = currentRuntime() === "node";
  const ours = isNode ? await packed() : fromSource;
  return {
    "ours": ours(".", "mod.ts"),
    "ours, ./edge": ours("./edge", "src/edge.ts"),
    "ours, ./otlp": ours("./otlp", "src/otlp/mod.ts"),
    [OFFICIAL]: [IMPORTER, OFFICIAL],
    "exporter-trace-otlp-http + sdk-trace-base": [
      IMPORTER,
      "@opentelemetry/exporter-trace-otlp-http",
      "@opentelemetry/sdk-trace-base",
    ],
    ...(isNode ? { "@vercel/otel": [importerIn(peers), "@vercel/otel"] } : {}),
  };
}

const fromSource = (_: string, path: string): string[] => [
  IMPORTER,
  pathToFileURL(join(ROOT, path)).href,
];

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
