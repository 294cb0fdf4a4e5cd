import { JsonMetricsSerializer } from "@opentelemetry/otlp-transformer";
import { createPipeline } from "./create_pipeline.ts";
import type { Codec } from "./encode.ts";
import { joinPieces, type MetricPiece, metricPieces } from "./metric_items.ts";
import type { ExporterStats, OtlpExporterOptions } from "./options.ts";
import type {
  AggregationOption,
  AggregationTemporality,
  ExportResult,
  InstrumentType,
  PushMetricExporter,
  ResourceMetrics,
} from "./otel_types.ts";
import type { Pipeline } from "./pipeline.ts";
import {
  parseTemporality,
  type TemporalityPreference,
  temporalitySelector,
} from "./temporality.ts";

const CODEC: Codec<MetricPiece> = {
  signal: "metrics",
  maxItems: 1000,
  apart: true,
  weight: ({ metric }) => metric.dataPoints.length,
  encode: (pieces) =>
    JsonMetricsSerializer.serializeRequest(joinPieces(pieces)) as Uint8Array<ArrayBuffer>,
};

/** `AggregationType.DEFAULT` of OpenTelemetry JS. */
const DEFAULT_AGGREGATION = { type: 0 } as AggregationOption;

/** Options of {@linkcode OTLPMetricExporter}. */
export interface OtlpMetricExporterOptions extends OtlpExporterOptions {
  /** Default `cumulative`. */
  temporalityPreference?: TemporalityPreference;
  /** How each kind of instrument is aggregated. Default: as the SDK does. */
  aggregationPreference?: (instrument: InstrumentType) => AggregationOption;
}

/**
 * Sends metrics by OTLP/HTTP JSON, one request at a time by default so that collections arrive in
 * order. For any push reader of OpenTelemetry JS, 2.x and 3.x.
 */
export class OTLPMetricExporter implements PushMetricExporter {
  readonly #pipeline: Pipeline<MetricPiece>;
  readonly #temporality: (instrument: InstrumentType) => AggregationTemporality;
  readonly #aggregation: (instrument: InstrumentType) => AggregationOption;

  /**
   * Creates an exporter; nothing is opened before the first export.
   * @throws {TypeError} for an option that cannot be used.
   */
  constructor(options: OtlpMetricExporterOptions = {}) {
    const variable = "OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE";
    const fromEnv = parseTemporality(options.platform?.env?.()[variable] ?? "");
    this.#temporality = temporalitySelector(
      options.temporalityPreference ?? fromEnv ?? "cumulative",
    );
    this.#aggregation = options.aggregationPreference ?? (() => DEFAULT_AGGREGATION);
    this.#pipeline = createPipeline(CODEC, { concurrencyLimit: 1, ...options });
  }

  /** Takes one collection and answers when it is delivered, given up, or kept for later. */
  export(metrics: ResourceMetrics, resultCallback: (result: ExportResult) => void): void {
    this.#pipeline.export(metricPieces(metrics), resultCallback);
  }

  /**
   * Waits until all collections exported so far are delivered or given up.
   * @throws {CodexError} `export_incomplete` when that takes longer than `timeoutMillis`, which
   * is by default the exporter's `shutdownTimeoutMillis`.
   */
  forceFlush(options: { timeoutMillis?: number } = {}): Promise<void> {
    return this.#pipeline.forceFlush(options.timeoutMillis);
  }

  /**
   * Delivers what is queued and refuses metrics from then on. Idempotent.
   * @throws {CodexError} `export_incomplete` when the time was up before all was delivered.
   */
  shutdown(): Promise<void> {
    return this.#pipeline.shutdown();
  }

  /** Which metrics are sent as differences. */
  selectAggregationTemporality(instrument: InstrumentType): AggregationTemporality {
    return this.#temporality(instrument);
  }

  /** How an instrument is aggregated. */
  selectAggregation(instrument: InstrumentType): AggregationOption {
    return this.#aggregation(instrument);
  }

  /** What was done so far, counted in data points. */
  stats(): ExporterStats {
    return this.#pipeline.stats();
  }
}
