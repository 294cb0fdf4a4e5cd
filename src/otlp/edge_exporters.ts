/**
 * The exporters of the edge: each sends while somebody waits for its flush, and else only keeps.
 * @module
 */
import { FLUSH_PIPELINE } from "./flush_pipeline.ts";
import { LogExporter } from "./log_exporter.ts";
import { MetricExporter, type OtlpMetricExporterOptions } from "./metric_exporter.ts";
import type { OtlpExporterOptions } from "./options.ts";
import { TraceExporter } from "./trace_exporter.ts";

/**
 * Sends spans by OTLP/HTTP JSON while somebody waits for `forceFlush()`; give that to `waitUntil`.
 * Takes its settings from its options alone.
 */
export class OTLPTraceExporter extends TraceExporter {
  /**
   * Creates an exporter; nothing is opened before the first flush.
   * @throws {TypeError} for an option that cannot be used.
   */
  constructor(options: OtlpExporterOptions = {}) {
    super(options, FLUSH_PIPELINE);
  }
}

/**
 * Sends metrics by OTLP/HTTP JSON while somebody waits for `forceFlush()`; give that to
 * `waitUntil`. Takes its settings from its options alone.
 */
export class OTLPMetricExporter extends MetricExporter {
  /**
   * Creates an exporter; nothing is opened before the first flush.
   * @throws {TypeError} for an option that cannot be used.
   */
  constructor(options: OtlpMetricExporterOptions = {}) {
    super(options, FLUSH_PIPELINE);
  }
}

/**
 * Sends log records by OTLP/HTTP JSON while somebody waits for `forceFlush()`; give that to
 * `waitUntil`. Takes its settings from its options alone.
 */
export class OTLPLogExporter extends LogExporter {
  /**
   * Creates an exporter; nothing is opened before the first flush.
   * @throws {TypeError} for an option that cannot be used.
   */
  constructor(options: OtlpExporterOptions = {}) {
    super(options, FLUSH_PIPELINE);
  }
}
