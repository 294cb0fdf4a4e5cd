import type { ExporterStats } from "./options.ts";
import type { PipelineOptions } from "./pipeline.ts";
import type { ResultCallback } from "./ticket.ts";

/** What is behind an exporter, whatever the platform. */
export interface ExportPipeline<Item> {
  /** Takes items; answers when they are delivered, given up, or in safe keeping. */
  export(items: Item[], callback: ResultCallback): void;
  /**
   * Waits until everything exported before the call is delivered or given up.
   * @throws {CodexError} `export_incomplete` when the time is up before that.
   */
  forceFlush(timeoutMs?: number): Promise<void>;
  /**
   * Flushes, gives up what is left when the time is up, and refuses everything from then on.
   * @throws {CodexError} `export_incomplete` when something was left.
   */
  shutdown(): Promise<void>;
  /** What was done so far. */
  stats(): ExporterStats;
}

/**
 * A way to send. The exporters are given one, so that a program holds only the one that it uses.
 * @internal
 */
export interface PipelineKind {
  /** Requests and timers end, without a word, with the request to this program that began them. */
  requestBound: boolean;
  /** Default of `maxQueueBytes`. */
  queueBytes: number;
  /** Default of `shutdownTimeoutMillis`. */
  flushMs: number;
  create<Item>(options: PipelineOptions<Item>): ExportPipeline<Item>;
}
