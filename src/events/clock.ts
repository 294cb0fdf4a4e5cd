/**
 * The two clocks of telemetry: one for durations, one for the time of day.
 * @module
 */
import type { WithDuration } from "./catalogue.ts";

/** Tells durations and the time of day; injectable, so that tests own the time. */
export interface Clock {
  /** Milliseconds with a fraction since some fixed moment; never goes back. */
  monotonicMs(): number;
  /** Unix epoch in milliseconds with a fraction. */
  wallMs(): number;
}

/** What a clock is made of; each defaults to the platform's own. */
export interface ClockSources {
  /** As `performance.now`. */
  monotonicMs?: () => number;
  /** As `performance.timeOrigin`. */
  timeOriginMs?: number;
  /** As `Date.now`. */
  dateMs?: () => number;
}

/** How far the fine clock may be from `Date.now()` before it is set anew, in milliseconds. */
const MAX_DRIFT_MS = 20;

/** How often the two are compared: asking for both is half the cost of an event. */
const CHECK_EVERY_MS = 5;

/** `Date.now()` cuts the fraction off; half a millisecond more is right on average. */
const HALF_TICK_MS = 0.5;

/**
 * Creates a clock whose time of day has a fraction: the monotonic clock counts on from an anchor,
 * which is set anew when the two clocks disagree by more than 20 ms (the machine slept, or its
 * clock was set).
 */
export function createClock(sources: ClockSources = {}): Clock {
  const monotonicMs = sources.monotonicMs ?? (() => performance.now());
  const dateMs = sources.dateMs ?? Date.now;
  // Asked for by the first event: Node loads the module behind `performance` with its first use.
  let anchorMs = sources.timeOriginMs;
  let checkedMs = -Infinity;
  function wallMs(): number {
    const monotonic = monotonicMs();
    if (monotonic - checkedMs >= CHECK_EVERY_MS) {
      checkedMs = monotonic;
      const date = dateMs();
      anchorMs ??= performance.timeOrigin;
      if (!(Math.abs(anchorMs + monotonic - date) <= MAX_DRIFT_MS)) {
        anchorMs = date + HALF_TICK_MS - monotonic;
      }
    }
    return anchorMs! + monotonic;
  }
  return { monotonicMs, wallMs };
}

/** The platform's clock. */
export const systemClock: Clock = createClock();

/** The measurements of something that ends now and began at `startMs` of the monotonic clock. */
export function measureSince(startMs: number, clock: Clock = systemClock): WithDuration {
  return measurementsOf(clock.monotonicMs() - startMs, clock.wallMs());
}

/** The measurements of something that took `durationMs` and ended at `endWallMs`. */
export function measurementsOf(durationMs: number, endWallMs: number): WithDuration {
  const duration = Math.max(0, Math.round(durationMs * 1e6));
  return { duration, duration_ms: duration / 1e6, system_time: endWallMs };
}
