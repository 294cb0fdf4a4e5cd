import type { Clock, Timer } from "./clock.ts";
import type { DropReason } from "./observer.ts";

/**
 * Counts what was given up, and announces it: the first of a reason at once, what follows once
 * per interval.
 */
export class DropLedger {
  readonly #clock: Clock;
  readonly #intervalMs: number;
  readonly #announce: (reason: DropReason, count: number) => void;
  readonly #unannounced: Map<DropReason, number> = new Map();
  #timer: Timer | undefined;
  #total = 0;

  constructor(options: {
    clock: Clock;
    intervalMs: number;
    announce: (reason: DropReason, count: number) => void;
  }) {
    this.#clock = options.clock;
    this.#intervalMs = options.intervalMs;
    this.#announce = options.announce;
  }

  /** All that was given up so far. */
  get total(): number {
    return this.#total;
  }

  /** Records items that were given up. */
  add(reason: DropReason, count: number): void {
    if (count <= 0) return;
    this.#total += count;
    const known = this.#unannounced.get(reason);
    this.#unannounced.set(reason, (known ?? 0) + count);
    if (known === undefined) this.#tell(reason);
    this.#timer ??= this.#clock.setTimer(() => this.#tick(), {
      delayMs: this.#intervalMs,
      background: true,
    });
  }

  /** Announces what is not announced yet, and takes the timer back. */
  flush(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    for (const reason of this.#unannounced.keys()) this.#tell(reason);
    this.#unannounced.clear();
  }

  #tick(): void {
    this.#timer = undefined;
    const quiet = [...this.#unannounced].filter(([, count]) => count === 0);
    for (const [reason] of quiet) this.#unannounced.delete(reason);
    for (const reason of this.#unannounced.keys()) this.#tell(reason);
    if (this.#unannounced.size === 0) return;
    this.#timer = this.#clock.setTimer(() => this.#tick(), {
      delayMs: this.#intervalMs,
      background: true,
    });
  }

  #tell(reason: DropReason): void {
    const count = this.#unannounced.get(reason) ?? 0;
    if (count === 0) return;
    this.#unannounced.set(reason, 0);
    this.#announce(reason, count);
  }
}
