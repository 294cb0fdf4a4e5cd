import type { Clock, Timer } from "./clock.ts";

const BEAT_MS = 250;

/** How long silence may last; timers are late while a program computes. */
const SILENCE_MS = 2_000;

/**
 * Signs of life of a piece of work, for platforms where work ends without a word: when a request is
 * over there, its promises are never settled and its timers never fire.
 */
export class Heartbeat {
  readonly #clock: Clock;
  #timer: Timer | undefined;
  #seenAt = 0;
  #ended = false;

  /** Starts to beat. */
  constructor(clock: Clock) {
    this.#clock = clock;
    this.#beat();
  }

  /** Whether the work is over, or has given no sign of life for a while. */
  get gone(): boolean {
    return this.#ended || this.#clock.now() - this.#seenAt > SILENCE_MS;
  }

  /** The work is over. */
  end(): void {
    this.#ended = true;
    this.#timer?.cancel();
  }

  #beat(): void {
    this.#seenAt = this.#clock.now();
    try {
      const options = { delayMs: BEAT_MS, background: true };
      this.#timer = this.#clock.setTimer(() => this.#beat(), options);
    } catch {
      // Where modules are loaded, edge runtimes allow no timers; that is over before any request.
    }
  }
}
