import type { ExporterStats } from "./options.ts";
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
