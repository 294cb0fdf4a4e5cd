import { createPipeline } from "./create_pipeline.ts";
import type { Codec } from "./encode.ts";
import type { PipelineKind } from "./export_pipeline.ts";
import type { OtlpExporterOptions } from "./options.ts";
import type { ReadableSpan, SpanExporter } from "./otel_types.ts";
import { SignalExporter } from "./signal_exporter.ts";
import { encodeSpans } from "./json/span_json.ts";

const CODEC: Codec<ReadableSpan> = {
  signal: "traces",
  maxItems: 512,
  weight: () => 1,
  encode: encodeSpans,
};

/**
 * Sends spans by OTLP/HTTP JSON. For any span processor of OpenTelemetry JS, 2.x and 3.x.
 * @internal
 */
export class TraceExporter extends SignalExporter<ReadableSpan> implements SpanExporter {
  /**
   * Creates an exporter; nothing is opened before the first export.
   * @throws {TypeError} for an option that cannot be used.
   */
  constructor(options: OtlpExporterOptions, kind: PipelineKind) {
    // A copy: whoever exports may use its array again once it has the answer.
    super(createPipeline(CODEC, options, kind), (spans) => spans.slice());
  }
}
