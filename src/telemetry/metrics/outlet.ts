import { metrics } from "@opentelemetry/api";
import { VERSION } from "../../version.ts";
import { hostOutlet } from "../host_outlet.ts";
import { type ExporterContext, openOtlp } from "../open_otlp.ts";
import type { Outlet } from "../outlet.ts";
import { createResource, SCOPE } from "../resource.ts";
import type { MetricDestination, OtlpTarget, Settings } from "../settings.ts";
import { type InstrumentMaker, OwnMeter } from "./meter.ts";
import { PeriodicReader } from "./reader.ts";

/** Where the metrics of a pipeline go. */
export interface MetricOutlet extends Outlet {
  meter: InstrumentMaker;
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
  const { MetricExporter } = await import("../../otlp/metric_exporter.ts");
  const { options, pipeline, endpoint, mtls } = await openOtlp(target, context);
  const { temporality: temporalityPreference } = settings;
  const exporter = new MetricExporter({ ...options, temporalityPreference }, pipeline);
  const meter = new OwnMeter();
  const resource = createResource(settings);
  const { metricIntervalMs: intervalMs } = settings;
  const reader = new PeriodicReader({ meter, exporter, resource, intervalMs });
  return {
    meter,
    endpoint,
    mtls,
    lastError: () => exporter.stats().lastError,
    flush: () => reader.flush(),
    shutdown: () => reader.shutdown(),
  };
}
