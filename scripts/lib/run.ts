/** Runs programs, bounded in time. */
import { spawn } from "node:child_process";
import process from "node:process";
import { ROOT } from "./project.ts";
import type { Command } from "./project.ts";

/** How a program ended, and what it said where that was kept. */
export interface Finished {
  /** Null when a signal ended it. */
  code: number | null;
  /** Standard output and error in one, in the order of arrival; empty when it went to ours. */
  output: string;
}

/** Settings of {@linkcode run}. */
export interface RunOptions {
  cwd?: string;
  env?: Record<string, string>;
  /** Pass output on as it comes, instead of keeping it. */
  live?: boolean;
  /** 15 minutes by default. */
  timeoutMs?: number;
}

const DEFAULT_TIMEOUT_MS = 15 * 60_000;

const END_SIGNALS = ["SIGINT", "SIGTERM"] as const;

/** Runs a program to its end; one that takes too long is killed, with its children. */
export function run({ command, args }: Command, options: RunOptions = {}): Promise<Finished> {
  const child = spawn(command, args, {
    cwd: options.cwd ?? ROOT,
    env: childEnv(options.env),
    stdio: ["ignore", options.live ? "inherit" : "pipe", options.live ? "inherit" : "pipe"],
    // A group of its own, so that the children of the program end with it.
    detached: process.platform !== "win32",
  });
  let output = "";
  const keep = (chunk: unknown) => output += String(chunk);
  child.stdout?.setEncoding("utf8").on("data", keep);
  child.stderr?.setEncoding("utf8").on("data", keep);
  const stop = () => killGroup(child.pid);
  const timer = setTimeout(() => {
    keep(`\n${command} took too long and was killed\n`);
    stop();
  }, options.timeoutMs ?? DEFAULT_TIMEOUT_MS);
  // Whoever ends this process reaches it alone, because the child has left its group.
  for (const signal of END_SIGNALS) process.once(signal, stop);
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, output }));
  }).finally(() => {
    clearTimeout(timer);
    for (const signal of END_SIGNALS) process.off(signal, stop);
  }) as Promise<Finished>;
}

/**
 * Runs a program to its end. Returns what it said.
 * @throws {Error} with what it said, when it ends with anything but 0.
 */
export async function mustRun(command: Command, options: RunOptions = {}): Promise<string> {
  const { code, output } = await run(command, options);
  if (code === 0) return output;
  throw new Error(`${[command.command, ...command.args].join(" ")} ended with ${code}:\n${output}`);
}

function childEnv(extra: Record<string, string> = {}): Record<string, string | undefined> {
  // Within a test Node sets this, and a test runner started there would report to it alone.
  return { ...process.env, NODE_TEST_CONTEXT: undefined, NO_COLOR: "1", ...extra };
}

function killGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(process.platform === "win32" ? pid : -pid, "SIGKILL");
  } catch {
    // It has ended by itself meanwhile.
  }
}
