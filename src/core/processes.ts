/**
 * The processes that this SDK started, and nobody else's.
 * @module
 */
import { CodexError } from "../errors.ts";

/** A running process of this SDK. */
export interface ProcessInfo {
  /** Its process id, for `stop()`. */
  pid: number;
  /** The program and its arguments, without anything secret. */
  command: string;
  /** When it was started. */
  startedAt: Date;
  /** The thread it works for, once that is known. */
  threadId?: string;
  /** `stopping` from when its end was asked for, or began by itself, until nothing of it is left. */
  state: "running" | "stopping";
}

/** What a registered process can be told. */
export interface ProcessEntry {
  readonly info: () => ProcessInfo;
  /** Whether its pid belongs to another process by now. */
  readonly isReused: () => Promise<boolean>;
  /** Ends it, and resolves when it is gone. */
  readonly stop: () => Promise<void>;
}

/** Lists and stops the processes that this SDK started. */
export class ProcessRegistry {
  readonly #entries = new Map<number, ProcessEntry>();

  /**
   * Adds a process; the function returned removes it.
   * @ignore
   */
  add(pid: number, entry: ProcessEntry): () => void {
    this.#entries.set(pid, entry);
    return () => {
      if (this.#entries.get(pid) === entry) this.#entries.delete(pid);
    };
  }

  /** The processes that run now. */
  list(): ProcessInfo[] {
    return Array.from(this.#entries.values(), (entry) => entry.info());
  }

  /**
   * Ends a process with everything it started; the run it works for fails.
   * @throws {CodexError} `process_unknown` when no running process of this SDK has this pid, or
   * another process has got it since.
   */
  async stop(pid: number): Promise<void> {
    const entry = this.#entries.get(pid);
    if (!entry || await entry.isReused()) {
      throw new CodexError(
        "process_unknown",
        `No running process of this SDK has the pid ${pid}.`,
        {
          details: { pid },
        },
      );
    }
    await entry.stop();
  }
}
