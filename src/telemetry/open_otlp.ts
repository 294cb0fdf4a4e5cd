import { diag } from "@opentelemetry/api";
import { displayUrl } from "../otlp/endpoint.ts";
import type { PipelineKind } from "../otlp/export_pipeline.ts";
import type { ExportObserver } from "../otlp/observer.ts";
import type { OtlpExporterOptions } from "../otlp/options.ts";
import type { TelemetryHost } from "./host.ts";
import type { OtlpTarget } from "./settings.ts";

/** What exporters are opened with. */
export interface ExporterContext {
  host: TelemetryHost;
  observer: ExportObserver;
}

/** What an OTLP exporter is made with, and what may be shown of it. */
export interface OpenedOtlp {
  options: OtlpExporterOptions;
  pipeline: PipelineKind;
  /** As it may be shown. */
  endpoint: string;
  mtls: boolean;
}

/**
 * Prepares an OTLP exporter for a target.
 * @throws {CodexError} `tls_incomplete`, `tls_file_unreadable`, `tls_invalid_pem`,
 * `tls_key_encrypted`, `tls_key_mismatch` or `unsupported`, for certificates that cannot be used.
 */
export async function openOtlp(
  { url, options }: OtlpTarget,
  { host, observer }: ExporterContext,
): Promise<OpenedOtlp> {
  const { tls } = options;
  const given = await host.otlp?.() ?? {};
  if (tls) await (await import("./verify_tls.ts")).verifyTls(tls, given.tls);
  const hasCertificate = Boolean(tls?.cert ?? tls?.certFile);
  const isSecure = new URL(url).protocol === "https:";
  if (hasCertificate && !isSecure) {
    diag.warn("codex-otel: the collector's URL is no https: URL, so no certificate is used.");
  }
  // The environment was read with the settings.
  const platform = { ...given, env: () => ({}) };
  return {
    options: { ...options, url, observer, platform },
    pipeline: await host.pipeline(),
    endpoint: displayUrl(url),
    mtls: hasCertificate && isSecure,
  };
}
