import { type Meter, metrics } from "@opentelemetry/api";
import { MeterProvider, PeriodicExportingMetricReader } from "@opentelemetry/sdk-metrics";
import { VERSION } from "../../version.ts";
import { hostOutlet } from "../host_outlet.ts";
import { type ExporterContext, openOtlp } from "../open_otlp.ts";
import type { Outlet } from "../outlet.ts";
import { createResource, SCOPE } from "../resource.ts";
import type { MetricDestination, OtlpTarget, Settings } from "../settings.ts";

/** Where the metrics of a pipeline go. */
export interface MetricOutlet extends Outlet {
  meter: Meter;
}

/**
 * Opens the outlet for metrics.
 * @throws {CodexError} for certificates that cannot be used.
 */
export async function openMetricOutlet(
  destination: MetricDestination,
  { settings, context }: { settings: Settings; context: ExporterContext },
): Promise<MetricOutlet> {
  if (destination.kind === "otlp") {
    return await ownOutlet(destination.target, { settings, context });
  }
  const { provider } = destination;
  const host = provider === "global" ? metrics.getMeterProvider() : provider;
  return { ...hostOutlet(host), meter: host.getMeter(SCOPE, VERSION) };
}

async function ownOutlet(
  target: OtlpTarget,
  { settings, context }: { settings: Settings; context: ExporterContext },
): Promise<MetricOutlet> {
  const { OTLPMetricExporter } = await import("../../otlp/metric_exporter.ts");
  const { options, endpoint, mtls } = await openOtlp(target, context);
  const exporter = new OTLPMetricExporter({
    ...options,
    temporalityPreference: settings.temporality,
  });
  const reader = new PeriodicExportingMetricReader({
    exporter,
    exportIntervalMillis: settings.metricIntervalMs,
    exportTimeoutMillis: Math.min(30_000, settings.metricIntervalMs),
  });
  const provider = new MeterProvider({ resource: createResource(settings), readers: [reader] });
  return {
    meter: provider.getMeter(SCOPE, VERSION),
    endpoint,
    mtls,
    lastError: () => exporter.stats().lastError,
    flush: () => provider.forceFlush(),
    shutdown: () => provider.shutdown(),
  };
}
