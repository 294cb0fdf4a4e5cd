/**
 * How a child process is ended: ask, then SIGTERM, then SIGKILL, each rung with a grace.
 * @module
 */
import type { ChildProcess, ProcessReference, ProcessTable, StopSignal } from "./ports.ts";
import { delay } from "./delay.ts";

/** How long each rung waits, in milliseconds. */
export interface StopGraces {
  /** After standard input was closed (and, with `interrupt`, SIGINT sent). */
  askMs: number;
  /** After SIGTERM. */
  termMs: number;
}

const DEFAULT_GRACES: StopGraces = { askMs: 2_000, termMs: 3_000 };

/** The graces that are asked for; 2 s and 3 s where they are not. */
export function completeGraces(given: Partial<StopGraces> = {}): StopGraces {
  const { askMs = DEFAULT_GRACES.askMs, termMs = DEFAULT_GRACES.termMs } = given;
  return { askMs, termMs };
}

/** Which rung ended a child. */
export type StoppedBy = "stdin" | "SIGINT" | "SIGTERM" | "SIGKILL";

/** How to end a child. */
export interface StopOptions {
  processes: ProcessTable;
  graces: StopGraces;
  /** Also ask by SIGINT: `codex exec` does not end when its input does, but this ends it cleanly. */
  interrupt: boolean;
}

/** How often the process table is read while waiting for processes that are nobody's children. */
const POLL_MS = 25;

/**
 * Ends a child and everything that descends from it, and resolves when none of them runs.
 *
 * Descendants are looked up before the first signal, since they are nobody's once their parent is
 * gone: the CLI (0.169) starts each command in a session of its own, which no signal to the CLI's
 * group reaches.
 *
 * @returns the rung at which the child itself ended; undefined when it had ended before.
 */
export async function stopChild(
  child: ChildProcess,
  options: StopOptions,
): Promise<StoppedBy | undefined> {
  if (await exitsWithin(child, 0)) {
    await endLeftovers(child, { ...options, descendants: [] });
    return undefined;
  }
  const family = new Family(child.pid, options.processes);
  await family.refresh();
  const rung = await climb(child, { ...options, family });
  await endLeftovers(child, { ...options, descendants: family.members });
  return rung;
}

/**
 * Ends what is left after the child itself has exited: the given descendants, and its group unless
 * that is another one by now, whose leader has got the child's pid.
 */
export async function endLeftovers(
  child: ChildProcess,
  options: Pick<StopOptions, "processes" | "graces"> & {
    descendants: readonly ProcessReference[];
  },
): Promise<void> {
  // The usual case, for the price of one system call: the group is empty.
  if (!child.hasGroup() && options.descendants.length === 0) return;
  const left = () => leftovers(child, options);
  const { termMs } = options.graces;
  const stubborn = await signalUntilGone("SIGTERM", { ...options, left, withinMs: termMs });
  if (stubborn) await signalUntilGone("SIGKILL", { ...options, left, withinMs: termMs });
}

/** What runs now of a child's descendants and of its group. */
async function leftovers(
  child: ChildProcess,
  options: { processes: ProcessTable; descendants: readonly ProcessReference[] },
): Promise<ProcessReference[]> {
  const { processes, descendants } = options;
  const alive = await processes.alive(descendants);
  const group = child.hasGroup() ? await processes.groupMembers(child.pid) : [];
  const isReused = group.some(({ pid }) => pid === child.pid);
  return merge([...alive, ...isReused ? [] : group]);
}

async function climb(
  child: ChildProcess,
  options: StopOptions & { family: Family },
): Promise<StoppedBy> {
  const { family, graces } = options;
  // Not awaited: a child that does not read keeps the close from finishing.
  void child.stdin.close();
  if (options.interrupt) child.signal("SIGINT");
  if (await exitsWithin(child, graces.askMs)) return options.interrupt ? "SIGINT" : "stdin";
  await family.signal("SIGTERM", child);
  if (await exitsWithin(child, graces.termMs)) return "SIGTERM";
  await family.signal("SIGKILL", child);
  await child.exited;
  return "SIGKILL";
}

/** The processes below a child, as far as they were seen. */
class Family {
  members: readonly ProcessReference[] = [];
  readonly #pid: number;
  readonly #processes: ProcessTable;

  constructor(pid: number, processes: ProcessTable) {
    this.#pid = pid;
    this.#processes = processes;
  }

  async refresh(): Promise<void> {
    const seen = await this.#processes.descendants(this.#pid);
    this.members = merge([...this.members, ...seen]);
  }

  async signal(signal: StopSignal, child: ChildProcess): Promise<void> {
    await this.refresh();
    child.signalGroup(signal);
    for (const member of await this.#processes.alive(this.members)) {
      this.#processes.signal(member, signal);
    }
  }
}

/**
 * Sends a signal to each that is left, also to those that come while it waits for the others, and
 * answers whether there are any still when the time is over.
 */
async function signalUntilGone(
  signal: StopSignal,
  options: {
    processes: ProcessTable;
    left: () => Promise<readonly ProcessReference[]>;
    withinMs: number;
  },
): Promise<boolean> {
  const signalled = new Set<string>();
  for (let waitedMs = 0; waitedMs < options.withinMs; waitedMs += POLL_MS) {
    const running = await options.left();
    if (running.length === 0) return false;
    for (const one of running.filter((candidate) => !signalled.has(keyOf(candidate)))) {
      signalled.add(keyOf(one));
      options.processes.signal(one, signal);
    }
    await delay(POLL_MS);
  }
  return (await options.left()).length > 0;
}

function merge(processes: readonly ProcessReference[]): ProcessReference[] {
  return [...new Map(processes.map((one) => [keyOf(one), one])).values()];
}

function keyOf({ pid, startTime }: ProcessReference): string {
  return `${pid} ${startTime}`;
}

/** Whether the child exits before the time is over. */
export async function exitsWithin(child: ChildProcess, withinMs: number): Promise<boolean> {
  const timer = new AbortController();
  const timeout = delay(withinMs, timer.signal).then(() => false);
  try {
    return await Promise.race([child.exited.then(() => true), timeout]);
  } finally {
    timer.abort();
  }
}
