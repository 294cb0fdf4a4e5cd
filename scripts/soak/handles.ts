/** What a process holds: each that grows with every turn would grow without end. */
import { readdirSync } from "node:fs";
import process from "node:process";
import { pause } from "./chance.ts";

/** How many there are of each kind, of which the runtime tells. */
export interface Handles {
  /** Open files, pipes and sockets (Linux). */
  files?: number;
  /** Timers that keep the process alive (Node). */
  timers?: number;
  /** Listeners for the end of the process. */
  listeners: number;
}

const ENDS = ["SIGINT", "SIGTERM", "SIGHUP", "exit", "uncaughtException"];

/** What runtimes open once and keep: for entropy, polling, threads. A leak takes one a turn. */
const KEPT_FILES = 8;

/** Sockets that were let go of may take this long to be closed. */
const CLOSE_TRIES = 40;

/** Counts what this process holds now. */
export function countHandles(): Handles {
  const timers = process.getActiveResourcesInfo?.().filter((name) => name === "Timeout").length;
  return {
    ...process.platform === "linux" ? { files: readdirSync("/proc/self/fd").length } : {},
    ...timers === undefined ? {} : { timers },
    listeners: ENDS.reduce((sum, name) => sum + process.listenerCount(name), 0),
  };
}

/** What there is more of than before, in words. */
export function handlesLeft(before: Handles, now: Handles): string[] {
  const most: Handles = { ...before, files: (before.files ?? 0) + KEPT_FILES };
  return (["files", "timers", "listeners"] as const)
    .filter((kind) => (now[kind] ?? 0) > (most[kind] ?? 0))
    .map((kind) => `${now[kind]} ${kind} are open, and ${before[kind]} were before`);
}

/** The same, once what is about to be closed is. */
export async function waitForHandles(before: Handles): Promise<string[]> {
  for (let triesLeft = CLOSE_TRIES; triesLeft > 0; triesLeft--) {
    const left = handlesLeft(before, countHandles());
    if (left.length === 0) return [];
    await pause(500);
  }
  return handlesLeft(before, countHandles());
}
