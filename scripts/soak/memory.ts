/** Whether a program's memory stays flat. */
import process from "node:process";
import { keepOn, pause } from "./chance.ts";

/** Resident memory in MB: the least of the time after the warm-up, and of the end. */
export interface Memory {
  warmMb: number;
  endMb: number;
}

const MB = 1_000_000;

/** Looks at this process's memory every half second until the time is over. */
export async function watchMemory(isOver: () => boolean): Promise<Memory> {
  const samples: number[] = [];
  await keepOn(isOver, async () => {
    await pause(500);
    samples.push(process.memoryUsage().rss / MB);
  });
  return summarize(samples);
}

/**
 * The least of the samples from 30 % to 50 % of the time, and of the last 20 %: what lies above it
 * is garbage that nobody has collected yet.
 */
export function summarize(samples: readonly number[]): Memory {
  const leastOf = (from: number, to: number) =>
    Math.min(...samples.slice(Math.floor(samples.length * from), Math.ceil(samples.length * to)));
  return { warmMb: leastOf(0.3, 0.5), endMb: leastOf(0.8, 1) };
}

/** A leak grows on; the runtimes' heaps settle within this. */
export function isFlat({ warmMb, endMb }: Memory): boolean {
  return endMb <= warmMb * 1.25 + 30;
}
