/** The temporary folder of the lane, and the programs that its fixtures find there. */
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  symlinkSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { findCli } from "../../src/core/cli_lookup.ts";
import { loadRuntime } from "../../src/runtime/detect.ts";
import { type Command, ROOT, runtimeProgram } from "../lib/project.ts";
import { run } from "../lib/run.ts";
import { pack } from "./pack.ts";

/** Settings of this machine that no program of a fixture may see. */
const UNWANTED =
  /^(npm_.*|NODE_OPTIONS|INIT_CWD|CODEX_.*|OPENAI_.*|OTEL_.*|TRACEPARENT|TRACESTATE)$/i;

/** Where the fixtures are built and run. */
export interface Workplace extends Disposable {
  folder: string;
  /** The npm package. */
  tarball: string;
  /** Has `codex` alone. */
  cliFolder: string;
}

/** Makes the folder. What the shell that started us has set is taken out of the environment. */
export async function openWorkplace(): Promise<Workplace> {
  for (const name of Object.keys(process.env)) if (UNWANTED.test(name)) delete process.env[name];
  const folder = mkdtempSync(join(tmpdir(), "codex-otel-dist-"));
  const cli = await findCli(await loadRuntime(), { env: {} });
  link(folder, "cli/codex", cli.command);
  for (const name of ["bun", "deno"] as const) {
    link(folder, `bin/${name}`, realpathSync(runtimeProgram(name)));
  }
  process.env["PATH"] = [join(folder, "bin"), ...foreignPath()].join(delimiter);
  return {
    folder,
    tarball: await pack(folder),
    cliFolder: join(folder, "cli"),
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** Without the programs of this project, which a user's project would not have. */
const foreignPath = (): string[] =>
  (process.env["PATH"] ?? "").split(delimiter).filter((path) => !path.includes("node_modules"));

function link(folder: string, path: string, target: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  symlinkSync(target, join(folder, path));
}

/** Runs a command to its end. Returns what it said. */
export async function mustRun(
  { command, args }: Command,
  options: { cwd: string; env?: Record<string, string> },
): Promise<string> {
  const { code, output } = await run({ command, args }, options);
  if (code === 0) return output;
  throw new Error(`${[command, ...args].join(" ")} ended with ${code}:\n${output}`);
}

/** Copies what JSR would get: the files that `deno publish` names. Returns their folder. */
export async function exportSources(folder: string): Promise<string> {
  const target = join(folder, "sdk");
  if (existsSync(target)) return target;
  const args = ["publish", "--dry-run", "--allow-dirty"];
  const output = await mustRun({ command: "deno", args }, { cwd: ROOT });
  for (const [, url] of output.matchAll(/^\s+(file:\S+) \(\S+\)$/gm)) {
    const source = fileURLToPath(url!);
    cpSync(source, source.replace(ROOT, target));
  }
  return target;
}
