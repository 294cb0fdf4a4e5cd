/** Where things are, and how to start each runtime. */
import { existsSync, readdirSync, readFileSync, realpathSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import process from "node:process";
import { fileURLToPath, pathToFileURL } from "node:url";

/** The three runtimes. */
export const RUNTIMES = ["node", "bun", "deno"] as const;

/** One of the three runtimes. */
export type RuntimeName = typeof RUNTIMES[number];

/** The project's folder. */
export const ROOT: string = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** A program with the first of its arguments. */
export interface Command {
  command: string;
  args: string[];
}

/** Which runtime runs this script. */
export function currentRuntime(): RuntimeName {
  if ("Deno" in globalThis) return "deno";
  return "Bun" in globalThis ? "bun" : "node";
}

/** The runtime's program: the one that runs this script, else the installed one. */
export function runtimeProgram(runtime: RuntimeName): string {
  if (runtime === currentRuntime()) return process.execPath;
  if (runtime === "node") return runtime;
  // Deno's launcher in `.bin` would be one process more; the binary is there once it was installed.
  const places = runtime === "deno" ? ["node_modules/deno/deno"] : [];
  const installed = [...places, `node_modules/.bin/${runtime}`].map((path) => join(ROOT, path));
  return installed.find((path) => existsSync(path)) ?? runtime;
}

const RUN_ARGS = { node: ["--import", "tsx"], bun: ["run"], deno: ["run", "-A", "--no-check"] };

/** Has `gc()` among the globals; `Bun.gc()` is there without. */
const GC_ARGS = { node: ["--expose-gc"], bun: [], deno: ["--v8-flags=--expose-gc"] };

/** Starts a TypeScript file in a runtime. */
export function runScript(
  runtime: RuntimeName,
  file: string,
  { exposesGc = false }: { exposesGc?: boolean } = {},
): Command {
  const more = exposesGc ? GC_ARGS[runtime] : [];
  return { command: runtimeProgram(runtime), args: [...RUN_ARGS[runtime], ...more, file] };
}

/** Whether a module is the program that was started, and not one that it imports. */
export function isMain(moduleUrl: string): boolean {
  const program = process.argv[1];
  // A module's URL has no symbolic links in it, an argument may (`/tmp` on macOS).
  return program !== undefined && pathToFileURL(realpathSync(program)).href === moduleUrl;
}

/** Paths, from the project's folder and with `/`, of all files below a folder that fit. */
export function filesBelow(folder: string, fits: (path: string) => boolean): string[] {
  const absolute = join(ROOT, folder);
  if (!existsSync(absolute)) return [];
  return readdirSync(absolute, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(ROOT, join(entry.parentPath, entry.name)).split(sep).join("/"))
    .filter(fits)
    .sort();
}

/** The files of the entry points, as `deno.json` exports them. */
export function entryPoints(): string[] {
  const { exports } = JSON.parse(readFileSync(join(ROOT, "deno.json"), "utf8")) as {
    exports: Record<string, string>;
  };
  return Object.values(exports).map((path) => path.replace(/^\.\//, ""));
}
