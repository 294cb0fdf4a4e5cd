/**
 * Time and chance, so that tests can run an hour in a moment.
 * @module
 */

/** A timer that has been set. */
export interface Timer {
  /** Takes the timer back; does nothing once it has fired. */
  cancel(): void;
}

/** What the pipeline knows of time and chance. */
export interface Clock {
  /** Unix epoch, milliseconds. */
  now(): number;
  /** Calls back once. A `background` timer does not keep the process alive. */
  setTimer(callback: () => void, options: { delayMs: number; background: boolean }): Timer;
  /** A number in [0, 1). */
  random(): number;
}

/** The clock on the wall. */
export const systemClock: Clock = {
  now: () => Date.now(),
  random: () => Math.random(),
  setTimer(callback, { delayMs, background }) {
    const timer: unknown = setTimeout(callback, delayMs);
    // An object under the three runtimes, a number in a browser and on workerd.
    if (background) (timer as { unref?: () => void }).unref?.();
    return { cancel: () => clearTimeout(timer as number) };
  },
};
