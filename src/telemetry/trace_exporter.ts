import type { SpanExporter } from "@opentelemetry/sdk-trace-base";
import type { ExporterStats } from "../otlp/options.ts";
import type { TelemetryStatus } from "./options.ts";
import type { MemoryExporter } from "./record_exporters.ts";
import { type ExporterContext, openOtlp } from "./open_otlp.ts";
import type { OtlpTarget, TraceDestination } from "./settings.ts";

/** An exporter of spans, and what `status()` says of it. */
export interface ChosenExporter {
  exporter: SpanExporter;
  kind: TelemetryStatus["exporter"];
  /** As it may be shown. */
  endpoint?: string;
  mtls: boolean;
  /** The exporter, where it is the one of this package that keeps spans. */
  memory?: MemoryExporter;
  /** What the exporter has counted, where it counts. */
  stats?: () => ExporterStats;
}

/**
 * Opens the exporter for a destination.
 * @throws {CodexError} `tls_incomplete`, `tls_file_unreadable`, `tls_invalid_pem`,
 * `tls_key_encrypted`, `tls_key_mismatch` or `unsupported`, for certificates that cannot be used.
 */
export async function openExporter(
  destination: Exclude<TraceDestination, { kind: "provider" }>,
  context: ExporterContext,
): Promise<ChosenExporter> {
  switch (destination.kind) {
    case "memory":
      return await keepInMemory(destination.endpoint);
    case "exporter":
      return await adopt(destination.exporter);
    case "otlp":
      return await openCollector(destination.target, context);
  }
}

async function keepInMemory(endpoint: string): Promise<ChosenExporter> {
  const { MemoryExporter } = await import("./record_exporters.ts");
  return { ...await adopt(new MemoryExporter()), endpoint };
}

async function adopt(exporter: SpanExporter): Promise<ChosenExporter> {
  const kind = kindOf(exporter);
  if (kind !== "memory") return { exporter, kind, mtls: false };
  const { MemoryExporter } = await import("./record_exporters.ts");
  const memory = exporter instanceof MemoryExporter ? { memory: exporter } : {};
  return { exporter, kind, mtls: false, ...memory };
}

async function openCollector(
  target: OtlpTarget,
  context: ExporterContext,
): Promise<ChosenExporter> {
  const { TraceExporter } = await import("../otlp/trace_exporter.ts");
  const { options, pipeline, endpoint, mtls } = await openOtlp(target, context);
  const exporter = new TraceExporter(options, pipeline);
  return { exporter, kind: "otlp", endpoint, mtls, stats: () => exporter.stats() };
}

function kindOf(exporter: SpanExporter): TelemetryStatus["exporter"] {
  const kind = "kind" in exporter ? exporter.kind : undefined;
  return kind === "memory" || kind === "port" ? kind : "custom";
}
