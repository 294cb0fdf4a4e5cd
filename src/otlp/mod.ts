/**
 * OTLP/HTTP JSON exporters for any OpenTelemetry JS SDK, 2.x and 3.x, under Node, Bun and Deno.
 * They retry, queue and count what the collector does not take at once, and speak mTLS.
 *
 * @example Send spans
 * ```ts
 * import { OTLPTraceExporter } from "@codex-otel/sdk/otlp";
 * import { BasicTracerProvider, BatchSpanProcessor } from "@opentelemetry/sdk-trace-base";
 *
 * const exporter = new OTLPTraceExporter({ url: "http://localhost:4318/v1/traces" });
 * const provider = new BasicTracerProvider({ spanProcessors: [new BatchSpanProcessor(exporter)] });
 * await provider.shutdown();
 * ```
 * @module
 */
import { otlpPlatform } from "../runtime/otlp_platform.ts";
import {
  type OtlpExporterOptions,
  OTLPLogExporter as BaseLogExporter,
  OTLPMetricExporter as BaseMetricExporter,
  type OtlpMetricExporterOptions,
  OTLPTraceExporter as BaseTraceExporter,
} from "./exporters.ts";

export {
  AggregationTemporalityPreference,
  type BackoffPolicy,
  type Clock,
  type Compression,
  type Connection,
  type DropReason,
  type ExportDrop,
  type ExporterError,
  type ExporterStats,
  type ExportFailure,
  type ExportObserver,
  type ExportSuccess,
  type FailureReason,
  type Fetch,
  type FetchInit,
  type FetchResponse,
  type Gzip,
  type HeaderOption,
  type HeaderRecord,
  type OtlpExporterOptions,
  type OtlpMetricExporterOptions,
  type OtlpPlatform,
  type Signal,
  type TemporalityPreference,
  type Timer,
  type TlsFiles,
  type TlsMaterial,
  type TlsOptions,
  type TlsPort,
} from "./exporters.ts";
export type { BaseLogExporter, BaseMetricExporter, BaseTraceExporter };

/** Sends spans by OTLP/HTTP JSON. Reads `OTEL_EXPORTER_OTLP_*` for what is no option. */
export class OTLPTraceExporter extends BaseTraceExporter {
  /**
   * Creates an exporter; nothing is opened before the first export.
   * @throws {TypeError} for an option that cannot be used.
   */
  constructor(options: OtlpExporterOptions = {}) {
    super({ platform: otlpPlatform, ...options });
  }
}

/** Sends metrics by OTLP/HTTP JSON. Reads `OTEL_EXPORTER_OTLP_*` for what is no option. */
export class OTLPMetricExporter extends BaseMetricExporter {
  /**
   * Creates an exporter; nothing is opened before the first export.
   * @throws {TypeError} for an option that cannot be used.
   */
  constructor(options: OtlpMetricExporterOptions = {}) {
    super({ platform: otlpPlatform, ...options });
  }
}

/** Sends log records by OTLP/HTTP JSON. Reads `OTEL_EXPORTER_OTLP_*` for what is no option. */
export class OTLPLogExporter extends BaseLogExporter {
  /**
   * Creates an exporter; nothing is opened before the first export.
   * @throws {TypeError} for an option that cannot be used.
   */
  constructor(options: OtlpExporterOptions = {}) {
    super({ platform: otlpPlatform, ...options });
  }
}
