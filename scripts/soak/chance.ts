/** What a soak leaves to chance. */

/** A whole number from 0 to below the limit. */
export const random = (limit: number): number => Math.floor(Math.random() * limit);

/** True so often, from 0 to 1. */
export const chance = (share: number): boolean => Math.random() < share;

/** One of a list, if it has any. */
export const pick = <T>(list: readonly T[]): T | undefined => list[random(list.length)];

/** Resolves after that time. */
export const pause = (ms: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, ms));

/** Does something again and again until the time is over. */
export async function keepOn(isOver: () => boolean, act: () => Promise<void>): Promise<void> {
  while (!isOver()) await act();
}
