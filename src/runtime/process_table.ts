/**
 * The table of running processes: `/proc` on Linux, `ps` on other systems that have it.
 * @module
 */
import { execFile, spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { readdir } from "node:fs/promises";
import process from "node:process";
import { setImmediate } from "node:timers";
import type { ProcessReference, ProcessTable } from "../core/ports.ts";
import { shareNext } from "./share_next.ts";
import { sendSignal } from "./signals.ts";

/** One row of the table. */
interface Row extends ProcessReference {
  parent: number;
  group: number;
}

/** How many rows are read before others get a turn; about 3 ms. */
const SLICE = 200;

/** The processes of this machine. On Windows it is empty: there `taskkill /T` ends a tree. */
export const processTable: ProcessTable = {
  async find(pid) {
    if (process.platform === "linux") return findNow(pid);
    return (await readPs(["-p", String(pid)])).map(toReference)[0];
  },
  async descendants(pid) {
    return collectDescendants(await readTable(), pid);
  },
  async withVariable(name, value) {
    if (process.platform !== "linux") return [];
    const table = await readTable();
    return table.filter((row) => environmentOf(row).includes(`${name}=${value}`)).map(toReference);
  },
  async alive(processes) {
    if (processes.length === 0) return [];
    const rows = process.platform === "linux"
      ? await readStats(processes.map(({ pid }) => pid))
      : await readTable();
    const running = new Map(rows.map((row) => [row.pid, row.startTime]));
    return processes.filter(({ pid, startTime }) => running.get(pid) === startTime);
  },
  async groupMembers(groupId) {
    return (await readTable()).filter((row) => row.group === groupId).map(toReference);
  },
  signal: ({ pid }, signal) => sendSignal(pid, signal),
};

/** The process that has a pid now, told at once; undefined on other systems than Linux. */
export function findNow(pid: number): ProcessReference | undefined {
  const row = process.platform === "linux" ? readStat(pid) : undefined;
  return row && toReference(row);
}

/**
 * Kills a child, its group and all that descends from it, without waiting for anything; unless its
 * pid is another's by now, as the start time tells where it is known.
 */
export function endTreeNow(pid: number, startTime: string | undefined): void {
  const table = readTableNow();
  const leader = table.find((row) => row.pid === pid);
  if (leader && startTime !== undefined && leader.startTime !== startTime) return;
  const descendants = collectDescendants(table, pid);
  sendSignal(-pid, "SIGKILL");
  sendSignal(pid, "SIGKILL");
  for (const one of descendants) sendSignal(one.pid, "SIGKILL");
}

function readTableNow(): Row[] {
  if (process.platform === "win32") return [];
  if (process.platform !== "linux") {
    return parseTable(spawnSync("ps", ["-ax", ...COLUMNS], { encoding: "utf8" }).stdout);
  }
  const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  return pids.map(readStat).filter((row) => row !== undefined);
}

function collectDescendants(table: readonly Row[], ancestor: number): ProcessReference[] {
  const found: Row[] = [];
  let parents = new Set([ancestor]);
  while (parents.size > 0) {
    const children = table.filter((row) => parents.has(row.parent));
    found.push(...children);
    parents = new Set(children.map((row) => row.pid));
  }
  return found.map(toReference);
}

function toReference({ pid, startTime }: Row): ProcessReference {
  return { pid, startTime };
}

/** Many turns that end at once share what they read. */
const readTable = shareNext(() => process.platform === "linux" ? readProc() : readPs());

async function readProc(): Promise<Row[]> {
  const names = await readdir("/proc").catch(() => []);
  return await readStats(names.filter((name) => /^\d+$/.test(name)));
}

/** Synchronously, since that costs a sixth and waits for no disk; but never for long. */
async function readStats(pids: readonly (string | number)[]): Promise<Row[]> {
  const rows: (Row | undefined)[] = [];
  for (const [index, pid] of pids.entries()) {
    rows.push(readStat(pid));
    if (index % SLICE === SLICE - 1) await new Promise((resolve) => setImmediate(resolve));
  }
  return rows.filter((row) => row !== undefined);
}

function readStat(pid: string | number): Row | undefined {
  try {
    return parseStat(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    // It has ended meanwhile.
    return undefined;
  }
}

/** By row, so that those who share a table share these too. */
const environments = new WeakMap<Row, string[]>();

/** As the process was given it; `NAME=value` parts end with NUL, proc(5). */
function environmentOf(row: Row): string[] {
  let environment = environments.get(row);
  if (!environment) environments.set(row, environment = readEnvironment(row.pid));
  return environment;
}

function readEnvironment(pid: number): string[] {
  try {
    return readFileSync(`/proc/${pid}/environ`, "latin1").split("\0");
  } catch {
    // It has ended meanwhile, or is another user's.
    return [];
  }
}

/** `pid (name) state ppid pgrp …`, proc(5); the name may hold anything, so count from its end. */
function parseStat(stat: string): Row | undefined {
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const [state, parent, group] = fields;
  const startTime = fields[19];
  if (state === "Z" || state === "X" || startTime === undefined) return undefined;
  return { pid: Number.parseInt(stat), parent: Number(parent), group: Number(group), startTime };
}

function readPs(which: readonly string[] = ["-ax"]): Promise<Row[]> {
  if (process.platform === "win32") return Promise.resolve([]);
  return new Promise((resolve) => {
    const args = [...which, ...COLUMNS];
    execFile("ps", args, (error, output) => resolve(error ? [] : parseTable(output)));
  });
}

const COLUMNS = ["-o", "pid=,ppid=,pgid=,stat=,lstart="];

function parseTable(output: string): Row[] {
  return output.split("\n").map(parsePs).filter((row) => row !== undefined);
}

function parsePs(line: string): Row | undefined {
  const [pid, parent, group, state, ...startTime] = line.trim().split(/\s+/);
  if (!pid || state?.startsWith("Z")) return undefined;
  return {
    pid: Number(pid),
    parent: Number(parent),
    group: Number(group),
    startTime: startTime.join(" "),
  };
}
