import { systemClock } from "../otlp/clock.ts";
import { Heartbeat } from "../otlp/heartbeat.ts";

/** Runs asynchronous work one after the other, in the order of the calls. */
export interface Serial {
  /** Runs `work` when all work before it has settled, and gives its result. */
  run<T>(work: () => Promise<T>): Promise<T>;
  /** Waits until all work so far has settled. */
  settled(): Promise<void>;
}

/** The order of promises. */
export class PromiseSerial implements Serial {
  #last: Promise<unknown> = Promise.resolve();

  run<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#last.then(work);
    this.#last = result.catch(() => {});
    return result;
  }

  async settled(): Promise<void> {
    await this.#last;
  }
}

/** How often it is looked whether the work before is over. */
const POLL_MS = 50;

/**
 * For platforms where a promise of another request may never settle: work whose request has ended
 * counts as over.
 */
export class HeartbeatSerial implements Serial {
  readonly #hearts: Set<Heartbeat> = new Set();

  async run<T>(work: () => Promise<T>): Promise<T> {
    const before = this.settled();
    const heart = new Heartbeat(systemClock);
    this.#hearts.add(heart);
    try {
      await before;
      return await work();
    } finally {
      heart.end();
      this.#hearts.delete(heart);
    }
  }

  async settled(): Promise<void> {
    const hearts = [...this.#hearts];
    while (hearts.some(({ gone }) => !gone)) {
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
    for (const heart of hearts) this.#hearts.delete(heart);
  }
}
