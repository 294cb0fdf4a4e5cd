/**
 * Puts a pipeline together. Loaded when `configure()` enables something, and with it the
 * OpenTelemetry SDK, of which only what the signals need is loaded.
 * @module
 */
import type { EventBus } from "../events/bus.ts";
import type { TelemetryHost } from "./host.ts";
import { observeExports } from "./observe_exports.ts";
import type { ExporterContext } from "./open_otlp.ts";
import { type LogPart, type MetricPart, Pipeline, type TracePart } from "./pipeline.ts";
import type { Settings } from "./settings.ts";

/** What a pipeline is opened in. */
export interface PipelineContext {
  bus: EventBus;
  host: TelemetryHost;
}

/**
 * Opens a pipeline, which does nothing before its `start()`.
 * @throws {CodexError} for certificates that cannot be used.
 */
export async function openPipeline(
  settings: Settings,
  { bus, host }: PipelineContext,
): Promise<Pipeline> {
  const context = { host, observer: observeExports(bus) };
  const traces = await openTraces(settings, context);
  const metrics = await openMetrics(settings, context);
  const logs = await openLogs(settings, { context, traces });
  return new Pipeline(settings, {
    bus,
    ...(traces ? { traces } : {}),
    ...(metrics ? { metrics } : {}),
    ...(logs ? { logs } : {}),
  });
}

async function openTraces(
  settings: Settings,
  context: ExporterContext,
): Promise<TracePart | undefined> {
  if (!settings.traces) return undefined;
  const [{ openTraceOutlet }, { SpanSubscriber }] = await Promise.all([
    import("./trace_outlet.ts"),
    import("./spans/subscriber.ts"),
  ]);
  const outlet = await openTraceOutlet(settings.traces, { settings, context });
  const { semconv: mode, content, redact } = settings;
  const subscriber = new SpanSubscriber({ starter: outlet.starter, mode, content, redact });
  return { outlet, subscriber };
}

async function openMetrics(
  settings: Settings,
  context: ExporterContext,
): Promise<MetricPart | undefined> {
  if (!settings.metrics) return undefined;
  const [{ openMetricOutlet }, { MetricSubscriber }] = await Promise.all([
    import("./metrics/outlet.ts"),
    import("./metrics/subscriber.ts"),
  ]);
  const outlet = await openMetricOutlet(settings.metrics, { settings, context });
  const { semconv: mode, redact } = settings;
  return { outlet, subscriber: new MetricSubscriber({ meter: outlet.meter, mode, redact }) };
}

async function openLogs(
  settings: Settings,
  { context, traces }: { context: ExporterContext; traces: TracePart | undefined },
): Promise<LogPart | undefined> {
  if (!settings.logs) return undefined;
  const [{ openLogOutlet }, { LogSubscriber }] = await Promise.all([
    import("./logs/outlet.ts"),
    import("./logs/subscriber.ts"),
  ]);
  const outlet = await openLogOutlet(settings.logs, { settings, context });
  const { content, redact } = settings;
  const subscriber = new LogSubscriber({
    logger: outlet.logger,
    content,
    redact,
    contextOf: (span) => traces?.subscriber.contextOf(span),
  });
  return { outlet, subscriber };
}
