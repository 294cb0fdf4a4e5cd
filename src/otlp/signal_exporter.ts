import type { ExportPipeline } from "./export_pipeline.ts";
import type { ExporterStats } from "./options.ts";
import type { ExportResult } from "./otel_types.ts";

/**
 * What the exporters of all signals have in common: a pipeline behind OpenTelemetry's interface.
 * @internal
 */
export class SignalExporter<Item, Batch = Item[]> {
  readonly #pipeline: ExportPipeline<Item>;
  readonly #itemsOf: (batch: Batch) => Item[];

  /**
   * Used by the exporters of the signals.
   * @ignore
   */
  constructor(pipeline: ExportPipeline<Item>, itemsOf: (batch: Batch) => Item[]) {
    this.#pipeline = pipeline;
    this.#itemsOf = itemsOf;
  }

  /**
   * Takes what is finished and answers when it is delivered or given up; while the collector is
   * slow or away, as soon as it is in the queue.
   */
  export(batch: Batch, resultCallback: (result: ExportResult) => void): void {
    this.#pipeline.export(this.#itemsOf(batch), resultCallback);
  }

  /**
   * Waits until everything exported so far is delivered or given up.
   * @throws {CodexError} `export_incomplete` when that takes longer than `timeoutMillis`, which
   * is by default the exporter's `shutdownTimeoutMillis`.
   */
  forceFlush(options: { timeoutMillis?: number } = {}): Promise<void> {
    return this.#pipeline.forceFlush(options.timeoutMillis);
  }

  /**
   * Delivers what is queued and refuses everything from then on. Idempotent.
   * @throws {CodexError} `export_incomplete` when the time was up before all was delivered.
   */
  shutdown(): Promise<void> {
    return this.#pipeline.shutdown();
  }

  /** What was done so far, counted in spans, log records or data points. */
  stats(): ExporterStats {
    return this.#pipeline.stats();
  }
}
