/**
 * Ends children when their host process ends, since a process group of their own keeps them from
 * ending with it.
 * @module
 */
import process from "node:process";
import { endTreeNow, findNow } from "./process_table.ts";

/** Signals whose default action ends the host without any other word. */
const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Start times by pid. */
const guarded = new Map<number, string | undefined>();

/**
 * Has a child and its descendants killed when this process ends by itself, by an uncaught error or by
 * a signal that it does not handle. The function returned lifts that. How this process ends is not
 * changed; one that handles a signal itself goes on, and its children with it. (Nothing helps against
 * SIGKILL: the child then sees its standard input end.)
 */
export function endWithHost(pid: number): () => void {
  if (guarded.size === 0) install();
  guarded.set(pid, findNow(pid)?.startTime);
  return () => {
    guarded.delete(pid);
    if (guarded.size === 0) uninstall();
  };
}

/** Deno tells of an uncaught error by these events and then ends without the event `exit`. */
const CRASHES = ["error", "unhandledrejection"] as const;

function install(): void {
  process.on("exit", endGuarded);
  for (const crash of CRASHES) globalThis.addEventListener?.(crash, onCrash);
  for (const signal of SIGNALS) process.on(signal, onSignal);
}

function uninstall(): void {
  process.off("exit", endGuarded);
  for (const crash of CRASHES) globalThis.removeEventListener?.(crash, onCrash);
  for (const signal of SIGNALS) process.off(signal, onSignal);
}

/** Synchronously: nothing that waits is run any more. */
function endGuarded(): void {
  for (const [pid, startTime] of guarded) endTreeNow(pid, startTime);
}

/** A host that handles its errors goes on. */
function onCrash(event: Event): void {
  const isHandled = event.defaultPrevented || process.listenerCount("uncaughtException") > 0;
  if (!isHandled) endGuarded();
}

function onSignal(signal: NodeJS.Signals): void {
  if (process.listenerCount(signal) > 1) return;
  endGuarded();
  uninstall();
  // With the last listener gone the default action is back, and with it the host's own end.
  process.kill(process.pid, signal);
}
