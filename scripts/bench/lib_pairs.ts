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

/** The median of the ratios round by round, with the quartiles, to be read. */
export function ratioOfRounds(values: readonly number[], base: readonly number[]): string {
  const ratios = values.map((value, round) => value / base[round]!).sort((a, b) => a - b);
  // Between two ranks, half of each: the lower one alone would favour what is compared.
  const at = (part: number) => {
    const rank = part * (ratios.length - 1);
    return ((ratios[Math.floor(rank)]! + ratios[Math.ceil(rank)]!) / 2).toFixed(2);
  };
  return `${at(0.5)} (${at(0.25)} to ${at(0.75)})`;
}

/**
 * All orders of some things. Gone through in turn, each thing is as often first, second and so on,
 * and as often behind each of the others.
 */
export function ordersOf<T>(things: readonly T[]): T[][] {
  if (things.length <= 1) return [[...things]];
  return things.flatMap((first, index) =>
    ordersOf(things.toSpliced(index, 1)).map((rest) => [first, ...rest])
  );
}
