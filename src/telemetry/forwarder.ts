import { context } from "@opentelemetry/api";
import {
  type ExportResult,
  ExportResultCode,
  suppressTracing,
  unrefTimer,
} from "@opentelemetry/core";
import type { ExporterError } from "../otlp/options.ts";
import type { SpanCounts } from "./options.ts";

/** An exporter of spans or of log records. */
export interface ItemExporter<Item> {
  export(items: Item[], done: (result: ExportResult) => void): void;
  forceFlush?(): Promise<void>;
  shutdown(): Promise<void>;
}

/** How items are gathered before they go to the exporter. */
export interface ForwarderOptions<Item> {
  exporter: ItemExporter<Item>;
  /** Items that go together at most; 1 exports each at once. */
  batchSize: number;
  /** How long one waits for others, in milliseconds. */
  delayMs: number;
  /** Hears how many were given up. */
  onDropped?: (count: number) => void;
}

/**
 * Hands finished items to an exporter and loses none: a full batch goes at once, what waits goes
 * at the latest at the flush or shutdown, and what the exporter refuses is counted. Memory is
 * bounded by the exporter's own queue.
 */
export class Forwarder<Item> {
  readonly #options: ForwarderOptions<Item>;
  readonly #pending = new Set<Promise<void>>();
  #waiting: Item[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** While held, items wait: the pipeline before this one is still delivering. */
  #held = false;
  #closed = false;
  #counts: SpanCounts = { exported: 0, queued: 0, dropped: 0 };
  #lastError: ExporterError | undefined;

  /** Creates a forwarder in front of an exporter. */
  constructor(options: ForwarderOptions<Item>) {
    this.#options = options;
  }

  /** Items that wait here, not yet given to the exporter. */
  get waiting(): number {
    return this.#waiting.length;
  }

  /** What became of the items, for an exporter that does not count them itself. */
  get counts(): SpanCounts {
    return { ...this.#counts };
  }

  /** The newest refusal. */
  get lastError(): ExporterError | undefined {
    return this.#lastError;
  }

  /** Keeps items back until `release()`. */
  hold(): void {
    this.#held = true;
  }

  /** Lets items go on. */
  release(): void {
    this.#held = false;
    this.#exportFull();
  }

  /** Takes an item. */
  push(item: Item): void {
    this.#counts.queued++;
    if (this.#closed) return this.#refused(1, "after_shutdown", "The pipeline was shut down.");
    this.#waiting.push(item);
    this.#exportFull();
  }

  /** Exports what waits, then has the exporter deliver it. */
  async forceFlush(): Promise<void> {
    this.#exportAll();
    await Promise.all(this.#pending);
    await this.#options.exporter.forceFlush?.();
  }

  /** Exports what waits, then shuts the exporter down. */
  async shutdown(): Promise<void> {
    this.#held = false;
    this.#exportAll();
    this.#closed = true;
    // The exporter's shutdown delivers what it has; waiting before it could be waiting for ever.
    await this.#options.exporter.shutdown();
    await Promise.all(this.#pending);
  }

  #exportFull(): void {
    const { batchSize, delayMs } = this.#options;
    if (this.#held) return;
    this.#exportOldest(this.#waiting.length - this.#waiting.length % batchSize);
    if (this.#waiting.length === 0 || this.#timer !== undefined) return;
    this.#timer = setTimeout(() => this.#exportAll(), delayMs);
    unrefTimer(this.#timer);
  }

  #exportAll(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    // Again, because an item may end while others are exported.
    while (!this.#held && this.#waiting.length > 0) this.#exportOldest(this.#waiting.length);
  }

  /** Taken out at once: to cut single items off the front of a long list is slow. */
  #exportOldest(count: number): void {
    const { batchSize } = this.#options;
    const ready = this.#waiting.splice(0, count);
    for (let from = 0; from < ready.length; from += batchSize) {
      this.#export(ready.length <= batchSize ? ready : ready.slice(from, from + batchSize));
    }
  }

  #export(items: Item[]): void {
    const pending = new Promise<void>((resolve) => {
      let answered = false;
      this.#call(items, (result) => {
        if (answered) return;
        answered = true;
        this.#settle(items.length, result);
        resolve();
      });
    });
    this.#pending.add(pending);
    void pending.then(() => this.#pending.delete(pending));
  }

  /** The requests of an exporter must not become spans themselves. */
  #call(items: Item[], done: (result: ExportResult) => void): void {
    context.with(suppressTracing(context.active()), () => {
      try {
        this.#options.exporter.export(items, done);
      } catch (error) {
        done({ code: ExportResultCode.FAILED, error: error as Error });
      }
    });
  }

  #settle(count: number, { code, error }: ExportResult): void {
    if (code !== ExportResultCode.SUCCESS) {
      return this.#refused(
        count,
        "export_failed",
        error?.message ?? "The exporter gave no reason.",
      );
    }
    this.#counts.queued -= count;
    this.#counts.exported += count;
  }

  #refused(count: number, reason: string, message: string): void {
    this.#counts.queued -= count;
    this.#counts.dropped += count;
    this.#lastError = { reason, message, time: Date.now() };
    this.#options.onDropped?.(count);
  }
}
