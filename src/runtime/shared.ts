/**
 * What the three adapters have in common.
 * @module
 */
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import process from "node:process";
import { CodexError } from "../errors.ts";
import type { ChildProcess, Runtime, SpawnOptions, StopSignal } from "../core/ports.ts";
import { files, homeDirectory } from "./files.ts";
import { endWithHost } from "./host_end.ts";
import { resolvePackage } from "./packages.ts";
import { processTable } from "./process_table.ts";
import { sendSignal } from "./signals.ts";

/** Everything of a `Runtime` that `node:` modules give alike under all three. */
export const sharedRuntime: Omit<Runtime, "name" | "spawn" | "openWebSocket"> = {
  platform: process.platform,
  arch: process.arch,
  files,
  processes: processTable,
  endWithHost,
  homeDirectory,
  resolvePackage,
  env() {
    const entries = Object.entries(process.env);
    return Object.fromEntries(
      entries.filter((entry): entry is [string, string] => entry[1] !== undefined),
    );
  },
};

/** Whether children are made leaders of a process group; Windows has none. */
export const HAS_PROCESS_GROUPS: boolean = process.platform !== "win32";

/** The signalling half of a child, given how to see that it has exited. */
export function signalling(
  pid: number,
  hasExited: () => boolean,
): Pick<ChildProcess, "signal" | "signalGroup" | "hasGroup"> {
  return {
    // The pid of a child that was waited for may belong to somebody else by now.
    signal: (signal) => !hasExited() && sendSignal(pid, signal),
    signalGroup: (signal) =>
      HAS_PROCESS_GROUPS ? sendSignal(-pid, signal) : endTree(pid, { signal, hasExited }),
    hasGroup: () => HAS_PROCESS_GROUPS && sendSignal(-pid, 0),
  };
}

/** Windows: there is no group, but `taskkill /T` follows parents while they live. Untested. */
function endTree(
  pid: number,
  options: { signal: StopSignal; hasExited: () => boolean },
): boolean {
  if (options.hasExited()) return false;
  const force = options.signal === "SIGKILL" ? ["/F"] : [];
  execFile("taskkill", ["/PID", String(pid), "/T", ...force], () => {});
  return true;
}

/** One error for a program that cannot be started, however the runtime reports it. */
export function spawnError(options: SpawnOptions, cause: unknown): CodexError {
  const { command } = options;
  const reason = reasonOf(cause);
  // A script whose interpreter is missing is reported in the same way as one that is missing itself.
  const isThere = /[\\/]/.test(command) && existsSync(command);
  if (reason === "ENOENT" && !isThere) {
    return new CodexError(
      "cli_not_found",
      `spawn ${command} ENOENT: there is no program at that path.`,
      { details: { tried: [command] }, cause },
    );
  }
  return new CodexError("spawn_failed", `spawn ${command} ${reason}`, {
    details: { command, reason },
    cause,
  });
}

function reasonOf(cause: unknown): string {
  if (typeof cause !== "object" || cause === null) return String(cause);
  if ("code" in cause && typeof cause.code === "string") return cause.code;
  if ("name" in cause && cause.name === "NotFound") return "ENOENT";
  if ("name" in cause && cause.name === "PermissionDenied") return "EACCES";
  return "message" in cause ? String(cause.message) : "unknown reason";
}
