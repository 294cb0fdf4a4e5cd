/**
 * The exporters without a platform: nothing here leads to a runtime adapter, so this is what an
 * edge runtime bundles and what the telemetry pipeline is built on.
 * @module
 */
export type { BackoffPolicy } from "./backoff.ts";
export { type Clock, systemClock, type Timer } from "./clock.ts";
export { DEFAULT_BASE_URL, displayUrl, parseEndpoint, signalUrl } from "./endpoint.ts";
export { type Environment, type EnvironmentSettings, environmentSettings } from "./environment.ts";
export { checkHeaders, parseHeaders } from "./headers.ts";
export { OTLPLogExporter } from "./log_exporter.ts";
export { OTLPMetricExporter, type OtlpMetricExporterOptions } from "./metric_exporter.ts";
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
export { OTLPTraceExporter } from "./trace_exporter.ts";
