import { type BackoffPolicy, retryDelayMs } from "./backoff.ts";
import type { Clock, Timer } from "./clock.ts";

/**
 * Closes after a failure and opens again when its wait is over. All requests of an exporter share
 * it, so that a collector that is away sees one probe per wait and not the whole queue.
 */
export class Gate {
  readonly #clock: Clock;
  readonly #policy: BackoffPolicy;
  readonly #onOpen: () => void;
  #failures = 0;
  #opensAt = 0;
  #timer: Timer | undefined;

  constructor(options: { clock: Clock; policy: BackoffPolicy; onOpen: () => void }) {
    this.#clock = options.clock;
    this.#policy = options.policy;
    this.#onOpen = options.onOpen;
  }

  /** Whether nothing may be sent now. */
  get closed(): boolean {
    return this.#timer !== undefined;
  }

  /** Whether the last word from the collector was a failure. */
  get troubled(): boolean {
    return this.#failures > 0;
  }

  /** Records a success. One that was sent before the failure does not cut the wait short. */
  succeed(): void {
    if (!this.closed) this.#failures = 0;
  }

  /** Records a failure. Those of requests sent together count as one. */
  fail(retryAfterMs?: number): void {
    if (!this.closed) this.#failures++;
    else if (retryAfterMs === undefined) return;
    const delayMs = retryDelayMs(this.#failures, {
      policy: this.#policy,
      random: this.#clock.random(),
      retryAfterMs,
    });
    const opensAt = this.#clock.now() + delayMs;
    if (this.closed && opensAt <= this.#opensAt) return;
    this.#timer?.cancel();
    this.#opensAt = opensAt;
    this.#timer = this.#clock.setTimer(() => this.#open(), { delayMs, background: true });
  }

  /** Takes the timer back and stays open. */
  stop(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  #open(): void {
    this.stop();
    this.#onOpen();
  }
}
