import { JsonTraceSerializer } from "@opentelemetry/otlp-transformer";
import { createPipeline } from "./create_pipeline.ts";
import type { Codec } from "./encode.ts";
import type { ExporterStats, OtlpExporterOptions } from "./options.ts";
import type { ExportResult, ReadableSpan, SpanExporter } from "./otel_types.ts";
import type { Pipeline } from "./pipeline.ts";

const CODEC: Codec<ReadableSpan> = {
  signal: "traces",
  maxItems: 512,
  weight: () => 1,
  encode: (spans) => JsonTraceSerializer.serializeRequest(spans) as Uint8Array<ArrayBuffer>,
};

/** Sends spans by OTLP/HTTP JSON. For any span processor of OpenTelemetry JS, 2.x and 3.x. */
export class OTLPTraceExporter implements SpanExporter {
  readonly #pipeline: Pipeline<ReadableSpan>;

  /**
   * Creates an exporter; nothing is opened before the first export.
   * @throws {TypeError} for an option that cannot be used.
   */
  constructor(options: OtlpExporterOptions = {}) {
    this.#pipeline = createPipeline(CODEC, options);
  }

  /**
   * Takes finished spans and answers when they are delivered or given up; while the collector is
   * slow or away, as soon as they are in the queue.
   */
  export(spans: ReadableSpan[], resultCallback: (result: ExportResult) => void): void {
    this.#pipeline.export(spans, resultCallback);
  }

  /**
   * Waits until all spans exported so far are delivered or given up.
   * @throws {CodexError} `export_incomplete` when that takes longer than `timeoutMillis`, which
   * is by default the exporter's `shutdownTimeoutMillis`.
   */
  forceFlush(options: { timeoutMillis?: number } = {}): Promise<void> {
    return this.#pipeline.forceFlush(options.timeoutMillis);
  }

  /**
   * Delivers what is queued and refuses spans from then on. Idempotent.
   * @throws {CodexError} `export_incomplete` when the time was up before all was delivered.
   */
  shutdown(): Promise<void> {
    return this.#pipeline.shutdown();
  }

  /** What was done so far, counted in spans. */
  stats(): ExporterStats {
    return this.#pipeline.stats();
  }
}
