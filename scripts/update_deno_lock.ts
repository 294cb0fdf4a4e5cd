/**
 * Writes `deno.lock` afresh, to be run after a change of `package.json`:
 * `node --import tsx scripts/update_deno_lock.ts`.
 *
 * Deno locks the builds of a package for all platforms at once and fails where the registry lacks
 * one. npm's package of Deno itself is such a case (2.9.6), so it is locked here by hand, for the
 * platforms that `package-lock.json` knows. People who run Deno have no use for it anyway.
 */
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isMain, ROOT, runtimeProgram } from "./lib/project.ts";
import { run } from "./lib/run.ts";

interface NpmPackage {
  version: string;
  integrity?: string;
  os?: string[];
  cpu?: string[];
}

interface Manifest {
  devDependencies: Record<string, string>;
  workspaces?: string[];
}

interface DenoLock {
  specifiers: Record<string, string>;
  npm: Record<string, unknown>;
  workspace: { packageJson: { dependencies: string[] } };
}

/** Adds the npm package of Deno to a lock, as far as `package-lock.json` has its builds. */
export function addDeno(lock: DenoLock, packages: Record<string, NpmPackage>): void {
  const deno = packages["node_modules/deno"];
  if (deno === undefined) return;
  // A build that the registry lacked when the packages were locked has no hash.
  const builds = Object.keys(packages)
    .filter((path) => path.startsWith("node_modules/@deno/") && packages[path]?.integrity);
  for (const path of builds) {
    const { version, integrity, os, cpu } = packages[path]!;
    lock.npm[`${packageName(path)}@${version}`] = { integrity, os, cpu };
  }
  lock.npm[`deno@${deno.version}`] = {
    integrity: deno.integrity,
    optionalDependencies: builds.map(packageName),
    scripts: true,
    bin: true,
  };
  lock.specifiers[`npm:deno@${deno.version}`] = deno.version;
  lock.workspace.packageJson.dependencies.push(`npm:deno@${deno.version}`);
  lock.workspace.packageJson.dependencies.sort();
  lock.npm = sorted(lock.npm);
  lock.specifiers = sorted(lock.specifiers);
}

const packageName = (path: string): string => path.replace("node_modules/", "");

function sorted<T>(record: Record<string, T>): Record<string, T> {
  return Object.fromEntries(Object.entries(record).sort(([a], [b]) => a < b ? -1 : 1));
}

const readJson = <T>(path: string): T => JSON.parse(readFileSync(path, "utf8")) as T;

async function main(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "codex-otel-lock-"));
  try {
    const manifest = readJson<Manifest>(join(ROOT, "package.json"));
    delete manifest.devDependencies.deno;
    writeFileSync(join(folder, "package.json"), JSON.stringify(manifest));
    for (const path of ["deno.json", ...manifest.workspaces ?? []]) {
      cpSync(join(ROOT, path), join(folder, path), { recursive: true });
    }
    const command = { command: runtimeProgram("deno"), args: ["install", "--lockfile-only"] };
    const { code, output } = await run(command, { cwd: folder });
    if (code !== 0) throw new Error(output);
    const lock = readJson<DenoLock>(join(folder, "deno.lock"));
    const npmLock = readJson<{ packages: Record<string, NpmPackage> }>(
      join(ROOT, "package-lock.json"),
    );
    addDeno(lock, npmLock.packages);
    writeFileSync(join(ROOT, "deno.lock"), `${JSON.stringify(lock, null, 2)}\n`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

if (isMain(import.meta.url)) await main();
