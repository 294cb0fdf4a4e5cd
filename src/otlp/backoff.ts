/**
 * How long to wait after failures.
 * @module
 */

/** Limits of the waits, in milliseconds. */
export interface BackoffPolicy {
  /** After the first failure. */
  initialMs: number;
  /** The longest, before jitter. */
  maxMs: number;
  /** How much longer each is than the one before. */
  factor: number;
}

/** OpenTelemetry JS starts at 1 s and grows by 1.5 to 5 s; here the data waits on, so up to 30 s. */
export const DEFAULT_BACKOFF: BackoffPolicy = { initialMs: 1000, maxMs: 30_000, factor: 1.5 };

/**
 * Gives the wait after the n-th failure in a row (from 1): exponential with a cap, then 80 to
 * 120 % of it by `random` in [0, 1). A wait that the collector asked for stands as it is, but is
 * no shorter than the first: `Retry-After: 0` from one that stays away would make a loop.
 */
export function retryDelayMs(
  failures: number,
  options: { policy: BackoffPolicy; random: number; retryAfterMs?: number | undefined },
): number {
  const { policy: { initialMs, maxMs, factor }, random, retryAfterMs } = options;
  const withJitter = (ms: number) => Math.ceil(ms * (0.8 + 0.4 * random));
  if (retryAfterMs !== undefined) return Math.max(retryAfterMs, withJitter(initialMs));
  return withJitter(Math.min(initialMs * factor ** Math.max(failures - 1, 0), maxMs));
}
