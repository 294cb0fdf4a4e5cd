/**
 * Which process stages something, and whether it still runs.
 * @module
 */
import { createHash } from "node:crypto";
import { readFile, readlink } from "node:fs/promises";
import { hostname } from "node:os";
import process from "node:process";
import type { Owner, OwnerState } from "../files/ports.ts";

/** Says that a start time is not known. */
const NO_START = "0";

/** This process. */
export async function currentOwner(): Promise<Owner> {
  const { pid } = process;
  return { host: await processSpace(), pid, start: await startTime(pid) ?? NO_START };
}

/** Whether a process still runs, as far as this one can see. */
export async function ownerState(owner: Owner): Promise<OwnerState> {
  if (owner.host !== await processSpace()) return "unknown";
  if (!exists(owner.pid)) return "gone";
  const start = await startTime(owner.pid);
  const isOther = start !== undefined && owner.start !== NO_START && start !== owner.start;
  return isOther ? "gone" : "alive";
}

let space: Promise<string> | undefined;

/**
 * Names the table of processes that this one sees. Containers on one machine have a table each, and
 * may share a folder; a pid means nothing after the machine has started anew.
 */
function processSpace(): Promise<string> {
  return space ??= (async () => {
    const boot = await readFile("/proc/sys/kernel/random/boot_id", "utf8").catch(() => "");
    const pids = await readlink("/proc/self/ns/pid").catch(() => "");
    const parts = pids === "" ? ["host", hostname()] : [boot.trim(), pids];
    return createHash("sha256").update(parts.join("\n")).digest("hex").slice(0, 16);
  })();
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // A process of another user is there, too.
    return (error as { code?: unknown }).code === "EPERM";
  }
}

/** Field 22 of `/proc/<pid>/stat`, proc(5); `gone` for a zombie, undefined off Linux. */
async function startTime(pid: number): Promise<string | undefined> {
  const text = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => undefined);
  if (text === undefined) return undefined;
  // The name in the second field may hold anything, so count from its end.
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  return fields[0] === "Z" || fields[0] === "X" ? "gone" : fields[19];
}
