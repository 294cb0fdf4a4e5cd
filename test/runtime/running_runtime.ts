import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

/** How a program ended. */
export interface Ended {
  code: number | null;
  signal: string | null;
  stdout: string;
  stderr: string;
}

/**
 * Runs a program by the runtime that runs this test, to its end or for 100 s. Its name is that of a
 * file of this folder, or a path.
 */
export async function runProgram(
  name: string,
  args: readonly string[] = [],
  { env = {} }: { env?: Record<string, string> } = {},
): Promise<Ended> {
  const path = fileURLToPath(new URL(name, import.meta.url));
  const [command, ...own] = programCommand(path);
  const child = spawn(command, [...own, ...args], {
    stdio: ["ignore", "pipe", "pipe"],
    timeout: 100_000,
    killSignal: "SIGKILL",
    env: { ...process.env, ...env },
  });
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (chunk) => stdout += String(chunk));
  child.stderr.on("data", (chunk) => stderr += String(chunk));
  return await new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
}

/** The command that runs a program by the runtime that runs this test. */
export function programCommand(path: string): [string, ...string[]] {
  return [process.execPath, ...runtimeArgs(path), path];
}

function runtimeArgs(path: string): string[] {
  const { Deno, Bun } = globalThis as { Deno?: unknown; Bun?: unknown };
  if (Deno) return ["run", "-A", "--no-check"];
  return Bun || !path.endsWith(".ts") ? [] : ["--import", "tsx"];
}
