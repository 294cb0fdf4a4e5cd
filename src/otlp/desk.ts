import type { Clock, Timer } from "./clock.ts";
import { FlushList } from "./flush_list.ts";
import type { Ticket } from "./ticket.ts";

/** Beyond this an `export()` call is answered although its items are still on their way. */
const PATIENCE_MS = 1000;

/**
 * Keeps the calls that are open. While the collector answers, a call hears the outcome; while it
 * is slow or away, a call is answered as soon as its items are in the queue, since a batch
 * processor stands still until it has its answer and loses what comes meanwhile.
 */
export class Desk {
  readonly #clock: Clock;
  readonly #open: Set<Ticket> = new Set();
  readonly #flushes: FlushList<Ticket> = new FlushList();
  #patience: Timer | undefined;
  #slow = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Whether somebody waits for a flush. */
  get flushing(): boolean {
    return this.#flushes.active;
  }

  /** Adds a call. */
  open(ticket: Ticket): void {
    this.#open.add(ticket);
    if (this.#slow) queueMicrotask(() => ticket.acknowledge());
    else this.#startPatience();
  }

  /** Waits until the calls that are open now are settled: true. False when the time is up. */
  flush(timeoutMs: number): Promise<boolean> {
    if (this.#open.size === 0) return Promise.resolve(true);
    return this.#flushes.wait(this.#open, { clock: this.#clock, timeoutMs });
  }

  /** Records that items of some calls are delivered or, with an error, given up. */
  settle(shares: Map<Ticket, number>, error?: Error): void {
    for (const [ticket, count] of shares) {
      ticket.settle(count, error);
      if (!ticket.settled) continue;
      this.#open.delete(ticket);
      this.#flushes.remove(ticket);
    }
    if (this.#open.size === 0) this.#endPatience();
  }

  /** From now on a call need not wait, until the collector answers again. */
  hurry(): void {
    this.#slow = true;
    this.#endPatience();
    for (const ticket of this.#open) ticket.acknowledge();
  }

  /** The collector answers: calls hear the outcome again. */
  relax(): void {
    this.#slow = false;
  }

  #startPatience(): void {
    this.#patience ??= this.#clock.setTimer(() => this.hurry(), {
      delayMs: PATIENCE_MS,
      background: true,
    });
  }

  #endPatience(): void {
    this.#patience?.cancel();
    this.#patience = undefined;
  }
}
