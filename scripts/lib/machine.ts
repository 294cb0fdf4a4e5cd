/** What this machine has, less what this project and whoever runs its scripts have added. */
import { existsSync, mkdirSync, readdirSync, symlinkSync } from "node:fs";
import { delimiter, join } from "node:path";
import process from "node:process";

/** What no program of a user's may see of the shell, or of the `npm run`, that started us. */
const UNWANTED =
  /^(npm_.*|INIT_CWD|NODE_OPTIONS|CODEX_.*|OPENAI_.*|OTEL_.*|TRACEPARENT|TRACESTATE)$/i;

/** Takes what is unwanted out of this process' environment, which the programs that it starts get. */
export function cleanEnvironment(): void {
  for (const name of Object.keys(process.env)) if (UNWANTED.test(name)) delete process.env[name];
}

/** The folders of the `PATH`, without those of packages, which a machine as such does not have. */
export function pathFolders(): string[] {
  return (process.env["PATH"] ?? "").split(delimiter)
    .filter((folder) => existsSync(folder) && !folder.includes("node_modules"));
}

/** The paths of the programs on the `PATH`, by name. */
export function machinePrograms(): Record<string, string> {
  // Last come the first folders, which win.
  const folders = pathFolders().reverse();
  return Object.fromEntries(
    folders.flatMap((folder) => readdirSync(folder).map((name) => [name, join(folder, name)])),
  );
}

/** Makes a folder with links to programs, by name. Returns the folder. */
export function linkPrograms(folder: string, programs: Record<string, string>): string {
  mkdirSync(folder, { recursive: true });
  for (const [name, path] of Object.entries(programs)) symlinkSync(path, join(folder, name));
  return folder;
}
