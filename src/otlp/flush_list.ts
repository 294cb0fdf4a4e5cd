import type { Clock } from "./clock.ts";

/** Who waits for what to be settled. */
export class FlushList<Entry> {
  readonly #waits: Set<{ open: Set<Entry>; finish: (complete: boolean) => void }> = new Set();

  /** Whether anybody waits. */
  get active(): boolean {
    return this.#waits.size > 0;
  }

  /**
   * Waits until all given entries are removed: true. False when the time is up before that. The
   * timer keeps the process alive, because somebody waits for the answer.
   */
  wait(entries: Iterable<Entry>, options: { clock: Clock; timeoutMs: number }): Promise<boolean> {
    return new Promise((resolve) => {
      const finish = (complete: boolean) => {
        timer.cancel();
        this.#waits.delete(wait);
        resolve(complete);
      };
      const wait = { open: new Set(entries), finish };
      const timer = options.clock.setTimer(() => finish(false), {
        delayMs: options.timeoutMs,
        background: false,
      });
      this.#waits.add(wait);
    });
  }

  /** Records that an entry is settled. */
  remove(entry: Entry): void {
    for (const { open, finish } of this.#waits) {
      if (open.delete(entry) && open.size === 0) finish(true);
    }
  }
}
