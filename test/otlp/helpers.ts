/** What the tests of the exporters share. */
import type { ExportResult } from "@opentelemetry/core";
import { BasicTracerProvider, InMemorySpanExporter } from "@opentelemetry/sdk-trace-base";
import { type ReadableSpan, SimpleSpanProcessor } from "@opentelemetry/sdk-trace-base";
import type { BackoffPolicy } from "../../src/otlp/backoff.ts";
import type { Clock } from "../../src/otlp/clock.ts";
import type { ExportDrop, ExportFailure, ExportObserver } from "../../src/otlp/observer.ts";

/** Makes finished spans. */
export function finishedSpans(
  count: number,
  attributes: Record<string, string> = {},
): ReadableSpan[] {
  const memory = new InMemorySpanExporter();
  const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(memory)] });
  const tracer = provider.getTracer("test");
  for (let i = 0; i < count; i++) tracer.startSpan(`span ${i}`, { attributes }).end();
  return memory.getFinishedSpans();
}

/** Exports and waits for the answer. */
export function exported<Item>(
  exporter: { export(items: Item, callback: (result: ExportResult) => void): void },
  items: Item,
): Promise<ExportResult> {
  return new Promise((resolve) => exporter.export(items, resolve));
}

/** Waits in real time. */
export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Waits until something is so. Keeps the process alive, as an idle exporter does not. */
export async function until(ready: () => boolean): Promise<void> {
  while (!ready()) await sleep(5);
}

/** Short waits after failures, for tests in real time. */
export const QUICK: BackoffPolicy = { initialMs: 50, maxMs: 500, factor: 1.5 };

/** A clock that stands still until it is told to go on. */
export class ManualClock implements Clock {
  #now = Date.UTC(2026, 0, 1);
  #timers: { at: number; callback: () => void }[] = [];

  now(): number {
    return this.#now;
  }

  random(): number {
    return 0.5;
  }

  setTimer(callback: () => void, options: { delayMs: number }): { cancel(): void } {
    const timer = { at: this.#now + options.delayMs, callback };
    this.#timers.push(timer);
    return { cancel: () => this.#timers = this.#timers.filter((other) => other !== timer) };
  }

  /** How many timers are set. */
  get pending(): number {
    return this.#timers.length;
  }

  /** Goes on and fires what is due, in order, with time for promises in between. */
  async advance(ms: number): Promise<void> {
    const end = this.#now + ms;
    for (;;) {
      await turn();
      const due = this.#timers.filter((timer) => timer.at <= end).sort((a, b) => a.at - b.at)[0];
      if (!due) break;
      this.#timers = this.#timers.filter((timer) => timer !== due);
      this.#now = Math.max(this.#now, due.at);
      due.callback();
    }
    this.#now = end;
    await turn();
  }
}

/** Lets everything run that is ready to. */
export async function turn(): Promise<void> {
  for (let i = 0; i < 3; i++) await new Promise<void>((resolve) => setTimeout(resolve, 0));
}

/** Waits until something is so that takes no simulated time, such as gzip. */
export async function soon(ready: () => boolean): Promise<void> {
  while (!ready()) await turn();
}

/** An observer that keeps what it hears. */
export class Recorder implements ExportObserver {
  readonly failures: ExportFailure[] = [];
  readonly drops: ExportDrop[] = [];
  exportedCount = 0;

  failure(failure: ExportFailure): void {
    this.failures.push(failure);
  }

  dropped(drop: ExportDrop): void {
    this.drops.push(drop);
  }

  exported({ count }: { count: number }): void {
    this.exportedCount += count;
  }

  /** Announced drops by reason. */
  get droppedByReason(): Record<string, number> {
    const counts: Record<string, number> = {};
    for (const { reason, count } of this.drops) counts[reason] = (counts[reason] ?? 0) + count;
    return counts;
  }
}
