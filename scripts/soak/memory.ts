/** Whether a program's memory stays flat. */
import process from "node:process";
import { keepOn, pause } from "./chance.ts";

/** Memory in MB at one time. */
export interface Sample {
  /** All that the process has. */
  rss: number;
  /** What its objects take, right after a collection of garbage. */
  heap: number;
}

/** The least of the time after the warm-up, and of the end. */
export interface Memory {
  warm: Sample;
  end: Sample;
}

const MB = 1_000_000;

/** Looks at this process's memory every two seconds until the time is over. */
export async function watchMemory(isOver: () => boolean): Promise<Memory> {
  const samples: Sample[] = [];
  await keepOn(isOver, async () => {
    await pause(2_000);
    collectGarbage();
    const { rss, heapUsed } = process.memoryUsage();
    samples.push({ rss: rss / MB, heap: heapUsed / MB });
  });
  return summarize(samples);
}

function collectGarbage(): void {
  const { Bun, gc } = globalThis as { Bun?: { gc(force: boolean): void }; gc?: () => void };
  if (Bun) Bun.gc(true);
  else gc?.();
}

/**
 * The least of the samples from 30 % to 50 % of the time, and of the last 20 %: what lies above it
 * belongs to turns that run.
 */
export function summarize(samples: readonly Sample[]): Memory {
  const part = (from: number, to: number): Sample => {
    const some = samples.slice(
      Math.floor(samples.length * from),
      Math.ceil(samples.length * to),
    );
    return {
      rss: Math.min(...some.map(({ rss }) => rss)),
      heap: Math.min(...some.map(({ heap }) => heap)),
    };
  };
  return { warm: part(0.3, 0.5), end: part(0.8, 1) };
}

/**
 * What grew, in words. A leak has the heap grow on, for which there is little room; what the runtime
 * keeps around its heap settles within more.
 */
export function memoryGrowth({ warm, end }: Memory): string[] {
  return [
    ...end.heap <= warm.heap * 1.1 + 3
      ? []
      : [`a heap of ${show(warm.heap)} became ${show(end.heap)}`],
    ...end.rss <= warm.rss * 1.25 + 30 ? [] : [`${show(warm.rss)} became ${show(end.rss)}`],
  ];
}

/** A figure for people. */
export const show = (mb: number): string => `${mb.toFixed(1)} MB`;
