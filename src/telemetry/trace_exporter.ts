import type { SpanExporter } from "@opentelemetry/sdk-trace-base";
import type { ExportObserver } from "../otlp/observer.ts";
import { displayUrl } from "../otlp/endpoint.ts";
import type { ExporterStats } from "../otlp/options.ts";
import type { TelemetryHost } from "./host.ts";
import type { TelemetryStatus } from "./options.ts";
import { MemoryExporter } from "./record_exporters.ts";
import type { Destination } from "./settings.ts";

/** An exporter of spans, and what `status()` says of it. */
export interface ChosenExporter {
  exporter: SpanExporter;
  kind: TelemetryStatus["exporter"];
  /** As it may be shown. */
  endpoint?: string;
  mtls: boolean;
  /** What the exporter has counted, where it counts. */
  stats?: () => ExporterStats;
}

/** What an exporter is opened with. */
export interface ExporterContext {
  host: TelemetryHost;
  observer: ExportObserver;
}

/**
 * Opens the exporter for a destination.
 * @throws {CodexError} `tls_incomplete`, `tls_file_unreadable`, `tls_invalid_pem`,
 * `tls_key_mismatch` or `unsupported`, for certificates that cannot be used.
 */
export async function openExporter(
  destination: Exclude<Destination, { kind: "provider" }>,
  context: ExporterContext,
): Promise<ChosenExporter> {
  switch (destination.kind) {
    case "memory":
      return {
        exporter: new MemoryExporter(),
        kind: "memory",
        endpoint: destination.endpoint,
        mtls: false,
      };
    case "exporter":
      return { exporter: destination.exporter, kind: kindOf(destination.exporter), mtls: false };
    case "otlp":
      return await openOtlp(destination, context);
  }
}

async function openOtlp(
  { traces }: Extract<Destination, { kind: "otlp" }>,
  { host, observer }: ExporterContext,
): Promise<ChosenExporter> {
  const { OTLPTraceExporter, verifyTls } = await loadOtlp();
  const { tls } = traces.options;
  if (tls) await verifyTls(tls, host.tls);
  // The environment was read already: what wins is decided in one place.
  const platform = { env: () => ({}), ...(host.tls ? { tls: host.tls } : {}) };
  const exporter = new OTLPTraceExporter({
    ...traces.options,
    url: traces.url,
    observer,
    platform,
  });
  return {
    exporter,
    kind: "otlp",
    endpoint: displayUrl(traces.url),
    mtls: Boolean(tls?.cert ?? tls?.certFile),
    stats: () => exporter.stats(),
  };
}

async function loadOtlp() {
  const [{ OTLPTraceExporter }, { verifyTls }] = await Promise.all([
    import("../otlp/trace_exporter.ts"),
    import("./verify_tls.ts"),
  ]);
  return { OTLPTraceExporter, verifyTls };
}

function kindOf(exporter: SpanExporter): TelemetryStatus["exporter"] {
  const kind = "kind" in exporter ? exporter.kind : undefined;
  return kind === "memory" || kind === "port" ? kind : "custom";
}
