/** The temporary folder of the lane, and the programs that its fixtures find there. */
import { cpSync, existsSync, mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { findCli } from "../../src/core/cli_lookup.ts";
import { loadRuntime } from "../../src/runtime/detect.ts";
import { cleanEnvironment, linkPrograms, pathFolders } from "../lib/machine.ts";
import { ROOT, runtimeProgram } from "../lib/project.ts";
import { mustRun } from "../lib/run.ts";
import { pack } from "./pack.ts";

/** Where the fixtures are built and run. */
export interface Workplace extends Disposable {
  folder: string;
  /** The npm package. */
  tarball: string;
  /** Has `codex` alone. */
  cliFolder: string;
}

/** Makes the folder, and takes what a user's shell would not have out of our environment. */
export async function openWorkplace(): Promise<Workplace> {
  cleanEnvironment();
  const folder = mkdtempSync(join(tmpdir(), "codex-otel-dist-"));
  const cli = await findCli(await loadRuntime(), { env: {} });
  const cliFolder = linkPrograms(join(folder, "cli"), { codex: cli.command });
  const runtimes = linkPrograms(join(folder, "bin"), {
    bun: realpathSync(runtimeProgram("bun")),
    deno: realpathSync(runtimeProgram("deno")),
  });
  process.env["PATH"] = [runtimes, ...pathFolders()].join(delimiter);
  return {
    folder,
    tarball: await pack(folder),
    cliFolder,
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
  };
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
