/**
 * The exporters without a platform: nothing here leads to a runtime adapter.
 * @module
 */
import { LogExporter } from "./log_exporter.ts";
import { MetricExporter, type OtlpMetricExporterOptions } from "./metric_exporter.ts";
import type { OtlpExporterOptions } from "./options.ts";
import { PIPELINE } from "./pipeline.ts";
import { TraceExporter } from "./trace_exporter.ts";

export type { BackoffPolicy } from "./backoff.ts";
export { type Clock, systemClock, type Timer } from "./clock.ts";
export { DEFAULT_BASE_URL, displayUrl, parseEndpoint, signalUrl } from "./endpoint.ts";
export { type Environment, type EnvironmentSettings, environmentSettings } from "./environment.ts";
export { checkHeaders, parseHeaders } from "./headers.ts";
export type { OtlpMetricExporterOptions } from "./metric_exporter.ts";
export type {
  DropReason,
  ExportDrop,
  ExportFailure,
  ExportObserver,
  ExportSuccess,
  FailureReason,
} from "./observer.ts";
export type {
  Compression,
  ExporterError,
  ExporterStats,
  HeaderOption,
  HeaderRecord,
  OtlpExporterOptions,
} from "./options.ts";
export type {
  Connection,
  Fetch,
  FetchInit,
  FetchResponse,
  Gzip,
  OtlpPlatform,
  TlsFiles,
  TlsMaterial,
  TlsOptions,
  TlsPort,
} from "./ports.ts";
export { parseCompression, parseTimeoutMs } from "./settings.ts";
export type { Signal } from "./signal.ts";
export {
  AggregationTemporalityPreference,
  parseTemporality,
  type TemporalityPreference,
} from "./temporality.ts";
export { checkTls, loadMaterial } from "./tls_material.ts";

/** Sends spans by OTLP/HTTP JSON. */
export class OTLPTraceExporter extends TraceExporter {
  /**
   * Creates an exporter; nothing is opened before the first export.
   * @throws {TypeError} for an option that cannot be used.
   */
  constructor(options: OtlpExporterOptions = {}) {
    super(options, PIPELINE);
  }
}

/** Sends metrics by OTLP/HTTP JSON. */
export class OTLPMetricExporter extends MetricExporter {
  /**
   * Creates an exporter; nothing is opened before the first export.
   * @throws {TypeError} for an option that cannot be used.
   */
  constructor(options: OtlpMetricExporterOptions = {}) {
    super(options, PIPELINE);
  }
}

/** Sends log records by OTLP/HTTP JSON. */
export class OTLPLogExporter extends LogExporter {
  /**
   * Creates an exporter; nothing is opened before the first export.
   * @throws {TypeError} for an option that cannot be used.
   */
  constructor(options: OtlpExporterOptions = {}) {
    super(options, PIPELINE);
  }
}
