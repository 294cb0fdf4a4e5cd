import { createPipeline } from "./create_pipeline.ts";
import type { Codec } from "./encode.ts";
import type { PipelineKind } from "./export_pipeline.ts";
import { encodeLogs } from "./json/log_json.ts";
import type { OtlpExporterOptions } from "./options.ts";
import type { LogRecordExporter, ReadableLogRecord } from "./otel_types.ts";
import { SignalExporter } from "./signal_exporter.ts";

const CODEC: Codec<ReadableLogRecord> = {
  signal: "logs",
  maxItems: 512,
  weight: () => 1,
  encode: encodeLogs,
};

/**
 * Sends log records by OTLP/HTTP JSON. For any log processor of OpenTelemetry JS, 2.x and 3.x.
 * @internal
 */
export class LogExporter extends SignalExporter<ReadableLogRecord> implements LogRecordExporter {
  /**
   * Creates an exporter; nothing is opened before the first export.
   * @throws {TypeError} for an option that cannot be used.
   */
  constructor(options: OtlpExporterOptions, kind: PipelineKind) {
    // A copy: whoever exports may use its array again once it has the answer.
    super(createPipeline(CODEC, options, kind), (records) => records.slice());
  }
}
