import type { CodexOptions, TurnOptions } from "./options.ts";

/** Timers of all runtimes count in signed 32 bits; a longer one would fire at once. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/**
 * Checks the time limits of a turn.
 * @throws {TypeError} when one is no number.
 * @throws {RangeError} when one is not above 0, or longer than a timer can be (24.8 days).
 */
export function checkTimeouts(turn: TurnOptions): void {
  checkTimeout("timeoutMs", turn.timeoutMs);
  checkTimeout("idleTimeoutMs", turn.idleTimeoutMs);
}

/**
 * Checks how long a process that is to end may take.
 * @throws {TypeError} when that is no object, or holds what is no number.
 * @throws {RangeError} when a time is not above 0, or longer than a timer can be (24.8 days).
 */
export function checkStopGraces({ stopGraces }: CodexOptions): void {
  if (stopGraces === undefined) return;
  if (typeof stopGraces !== "object" || stopGraces === null) {
    throw new TypeError("stopGraces must be an object { askMs, termMs }.");
  }
  checkTimeout("stopGraces.askMs", stopGraces.askMs);
  checkTimeout("stopGraces.termMs", stopGraces.termMs);
}

/**
 * Checks one time limit, where it is given.
 * @throws {TypeError} when it is no number.
 * @throws {RangeError} when it is not above 0, or longer than a timer can be (24.8 days).
 */
export function checkTimeout(name: string, value: unknown): void {
  if (value === undefined) return;
  if (typeof value !== "number") throw new TypeError(`${name} must be a number of milliseconds.`);
  if (!(value > 0 && value <= MAX_TIMER_MS)) {
    throw new RangeError(`${name} must be above 0 and at most ${MAX_TIMER_MS}, not ${value}.`);
  }
}
