/** Two variants of the same work, compared pair by pair. */

/** What one variant took in a block, added up. */
export interface Block {
  off: number;
  on: number;
}

/** A median, and between what it lies with a confidence of 95 %. */
export interface Estimate {
  median: number;
  low: number;
  high: number;
}

/**
 * The order of a block of four: what drifts with time falls on both variants alike.
 */
export const ABBA = ["off", "on", "on", "off"] as const;

/**
 * The median of some numbers with its confidence interval by order statistics, which supposes nothing
 * of how they are distributed: so that a few slow ones on a busy machine do no harm.
 */
export function estimate(values: readonly number[]): Estimate {
  const sorted = [...values].sort((a, b) => a - b);
  const count = sorted.length;
  const at = (rank: number) => sorted[Math.min(count - 1, Math.max(0, rank))] ?? NaN;
  const half = 1.96 * Math.sqrt(count) / 2;
  const middle = (at(Math.floor((count - 1) / 2)) + at(Math.ceil((count - 1) / 2))) / 2;
  return {
    median: middle,
    low: at(Math.floor(count / 2 - half)),
    high: at(Math.ceil(count / 2 + half) - 1),
  };
}

/** How much longer the second variant took, block by block. */
export function ratioOf(blocks: readonly Block[]): Estimate {
  return estimate(blocks.map(({ off, on }) => on / off));
}

/** How much more the second variant took, block by block. */
export function differenceOf(blocks: readonly Block[]): Estimate {
  return estimate(blocks.map(({ off, on }) => on - off));
}
