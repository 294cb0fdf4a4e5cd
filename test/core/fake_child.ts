import type {
  ChildProcess,
  ExitStatus,
  ProcessReference,
  ProcessTable,
  StopSignal,
} from "../../src/core/ports.ts";

/** What a process of the imagined machine does about a signal, or about the end of its input. */
export type Temper = Readonly<Partial<Record<StopSignal | "stdin", boolean>>>;

/** Which signals end it; SIGKILL always does. */
export interface FakeProcess {
  pid: number;
  parent: number;
  group: number;
  endsBy: Temper;
}

/** A process table of processes that exist only here; pid 100 is the child. */
export class FakeMachine {
  /** Everything that was done to processes, in order. */
  readonly log: string[] = [];
  readonly #running = new Map<number, FakeProcess>();
  #exit: (status: ExitStatus) => void = () => {};
  readonly #exited: Promise<ExitStatus> = new Promise((resolve) => this.#exit = resolve);

  /** Creates a machine with these processes. */
  constructor(processes: readonly FakeProcess[]) {
    for (const one of processes) this.#running.set(one.pid, one);
    if (!this.#running.has(100)) this.#exit({ code: 0, signal: null });
  }

  /** The pids that run. */
  get pids(): number[] {
    return [...this.#running.keys()];
  }

  /** Adds a process, as if another one had started it. */
  fork(process: FakeProcess): void {
    this.#running.set(process.pid, process);
  }

  /** The process with pid 100, as its parent has it. */
  readonly child: ChildProcess = {
    pid: 100,
    stdin: {
      write: () => Promise.resolve(),
      close: () => {
        this.log.push("close stdin");
        this.#affect(100, "stdin");
        return Promise.resolve();
      },
    },
    stdout: [] as unknown as AsyncIterable<Uint8Array>,
    stderr: [] as unknown as AsyncIterable<Uint8Array>,
    exited: this.#exited,
    signal: (signal) => {
      this.log.push(`${signal} child`);
      return this.#affect(100, signal);
    },
    signalGroup: (signal) => {
      this.log.push(`${signal} group`);
      const members = this.#inGroup(100);
      for (const { pid } of members) this.#affect(pid, signal);
      return members.length > 0;
    },
    hasGroup: () => this.#inGroup(100).length > 0,
    release: () => {},
  };

  /** The table of these processes. */
  readonly processes: ProcessTable = {
    find: (pid) => {
      const one = this.#running.get(pid);
      return Promise.resolve(one && toReference(one));
    },
    descendants: (pid) => Promise.resolve(this.#below(pid).map(toReference)),
    alive: (list) => Promise.resolve(list.filter(({ pid }) => this.#running.has(pid))),
    groupMembers: (group) => Promise.resolve(this.#inGroup(group).map(toReference)),
    withVariable: () => Promise.resolve([]),
    signal: ({ pid }, signal) => {
      this.log.push(`${signal} ${pid}`);
      return this.#affect(pid, signal);
    },
  };

  #below(pid: number): FakeProcess[] {
    const children = [...this.#running.values()].filter(({ parent }) => parent === pid);
    return [...children, ...children.flatMap((child) => this.#below(child.pid))];
  }

  #inGroup(group: number): FakeProcess[] {
    return [...this.#running.values()].filter((one) => one.group === group);
  }

  #affect(pid: number, by: StopSignal | "stdin"): boolean {
    const process = this.#running.get(pid);
    if (!process) return false;
    if (by === "SIGKILL" || process.endsBy[by]) this.#end(pid, by);
    return true;
  }

  #end(pid: number, by: string): void {
    this.#running.delete(pid);
    for (const orphan of this.#running.values()) {
      if (orphan.parent === pid) orphan.parent = 1;
    }
    if (pid === 100) {
      this.#exit(by === "stdin" ? { code: 0, signal: null } : { code: null, signal: by });
    }
  }
}

function toReference({ pid }: FakeProcess): ProcessReference {
  return { pid, startTime: "0" };
}
