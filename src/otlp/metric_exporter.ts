import { createPipeline } from "./create_pipeline.ts";
import type { Codec } from "./encode.ts";
import type { PipelineKind } from "./export_pipeline.ts";
import type { Environment } from "./environment.ts";
import { type MetricPiece, metricPieces } from "./metric_items.ts";
import { encodeMetrics } from "./json/metric_json.ts";
import { warn } from "./observer.ts";
import type { OtlpExporterOptions } from "./options.ts";
import type {
  AggregationOption,
  AggregationTemporality,
  InstrumentType,
  PushMetricExporter,
  ResourceMetrics,
} from "./otel_types.ts";
import { SignalExporter } from "./signal_exporter.ts";
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
  encode: encodeMetrics,
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
 * @internal
 */
export class MetricExporter extends SignalExporter<MetricPiece, ResourceMetrics>
  implements PushMetricExporter {
  readonly #temporality: (instrument: InstrumentType) => AggregationTemporality;
  readonly #aggregation: (instrument: InstrumentType) => AggregationOption;

  /**
   * Creates an exporter; nothing is opened before the first export.
   * @throws {TypeError} for an option that cannot be used.
   */
  constructor(options: OtlpMetricExporterOptions, kind: PipelineKind) {
    super(createPipeline(CODEC, { concurrencyLimit: 1, ...options }, kind), metricPieces);
    this.#temporality = temporalitySelector(
      options.temporalityPreference ?? temporalityFrom(options.platform?.env?.() ?? {}),
    );
    this.#aggregation = options.aggregationPreference ?? (() => DEFAULT_AGGREGATION);
  }

  /** Which metrics are sent as differences. */
  selectAggregationTemporality(instrument: InstrumentType): AggregationTemporality {
    return this.#temporality(instrument);
  }

  /** How an instrument is aggregated. */
  selectAggregation(instrument: InstrumentType): AggregationOption {
    return this.#aggregation(instrument);
  }
}

function temporalityFrom(env: Environment): TemporalityPreference {
  const variable = "OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE";
  const text = env[variable]?.trim() ?? "";
  const preference = parseTemporality(text);
  if (text !== "" && !preference) {
    warn(`OTLP metrics: ${variable} is not known; cumulative is used.`);
  }
  return preference ?? "cumulative";
}
