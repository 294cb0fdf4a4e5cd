import { systemClock } from "../otlp/clock.ts";
import { Heartbeat } from "../otlp/heartbeat.ts";
import type { Serial } from "./serial.ts";

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
