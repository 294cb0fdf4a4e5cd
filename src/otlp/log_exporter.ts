import { JsonLogsSerializer } from "@opentelemetry/otlp-transformer";
import { createPipeline } from "./create_pipeline.ts";
import type { Codec } from "./encode.ts";
import type { ExporterStats, OtlpExporterOptions } from "./options.ts";
import type { ExportResult, LogRecordExporter, ReadableLogRecord } from "./otel_types.ts";
import type { Pipeline } from "./pipeline.ts";

const CODEC: Codec<ReadableLogRecord> = {
  signal: "logs",
  maxItems: 512,
  weight: () => 1,
  encode: (records) => JsonLogsSerializer.serializeRequest(records) as Uint8Array<ArrayBuffer>,
};

/** Sends log records by OTLP/HTTP JSON. For any log processor of OpenTelemetry JS, 2.x and 3.x. */
export class OTLPLogExporter implements LogRecordExporter {
  readonly #pipeline: Pipeline<ReadableLogRecord>;

  /**
   * Creates an exporter; nothing is opened before the first export.
   * @throws {TypeError} for an option that cannot be used.
   */
  constructor(options: OtlpExporterOptions = {}) {
    this.#pipeline = createPipeline(CODEC, options);
  }

  /** Takes log records and answers when they are delivered, given up, or kept for later. */
  export(records: ReadableLogRecord[], resultCallback: (result: ExportResult) => void): void {
    this.#pipeline.export(records, resultCallback);
  }

  /**
   * Waits until all log records exported so far are delivered or given up.
   * @throws {CodexError} `export_incomplete` when that takes longer than `timeoutMillis`, which
   * is by default the exporter's `shutdownTimeoutMillis`.
   */
  forceFlush(options: { timeoutMillis?: number } = {}): Promise<void> {
    return this.#pipeline.forceFlush(options.timeoutMillis);
  }

  /**
   * Delivers what is queued and refuses log records from then on. Idempotent.
   * @throws {CodexError} `export_incomplete` when the time was up before all was delivered.
   */
  shutdown(): Promise<void> {
    return this.#pipeline.shutdown();
  }

  /** What was done so far, counted in log records. */
  stats(): ExporterStats {
    return this.#pipeline.stats();
  }
}
