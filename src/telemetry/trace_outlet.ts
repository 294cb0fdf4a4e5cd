import { trace, type TracerProvider as HostProvider } from "@opentelemetry/api";
import { type ReadableSpan, TracerProvider } from "@opentelemetry/sdk-trace";
import { VERSION } from "../version.ts";
import { Forwarder } from "./forwarder.ts";
import { forwarderOutlet } from "./forwarder_outlet.ts";
import { hostOutlet } from "./host_outlet.ts";
import { createResource, SCOPE } from "./resource.ts";
import { ChosenIdGenerator } from "./id_generator.ts";
import type { SpanCounts, TelemetryStatus } from "./options.ts";
import type { Outlet } from "./outlet.ts";
import type { MemoryExporter } from "./record_exporters.ts";
import { createSampler } from "./sampler.ts";
import type { Settings, TraceDestination } from "./settings.ts";
import { SpanForwarder } from "./span_forwarder.ts";
import type { TurnStarter } from "./spans/start_turn.ts";
import type { ExporterContext } from "./open_otlp.ts";
import { type ChosenExporter, openExporter } from "./trace_exporter.ts";

/** Spans that go together at most, and how long one waits (specification, `OTEL_BSP_*`). */
const BATCH = { batchSize: 512, delayMs: 5_000 };
const SIMPLE = { batchSize: 1, delayMs: 0 };

/** Where the spans of a pipeline go. */
export interface TraceOutlet extends Outlet {
  starter: TurnStarter;
  kind: TelemetryStatus["exporter"];
  memory?: MemoryExporter;
  counts(): SpanCounts;
}

/**
 * Opens the outlet that the settings ask for.
 * @throws {CodexError} for certificates that cannot be used.
 */
export async function openTraceOutlet(
  destination: TraceDestination,
  { settings, context }: { settings: Settings; context: ExporterContext },
): Promise<TraceOutlet> {
  if (destination.kind === "provider") return providerOutlet(destination);
  return ownOutlet(settings, { context, chosen: await openExporter(destination, context) });
}

/** A provider of our own, private to this pipeline: the API's global one is the host's. */
function ownOutlet(
  settings: Settings,
  { context, chosen }: { context: ExporterContext; chosen: ChosenExporter },
): TraceOutlet {
  const { exporter, stats, kind, endpoint, mtls, memory } = chosen;
  const forwarder = new Forwarder<ReadableSpan>({
    exporter,
    ...(settings.processor === "batch" ? BATCH : SIMPLE),
    ...(stats ? {} : { onDropped: (count) => announceDrop(count, context) }),
  });
  const ids = new ChosenIdGenerator();
  const provider = new TracerProvider({
    resource: createResource(settings),
    sampler: createSampler(settings.sampler),
    spanLimits: settings.spanLimits,
    spanProcessors: [new SpanForwarder(forwarder)],
    idGenerator: ids,
  });
  return {
    ...forwarderOutlet(forwarder),
    starter: {
      tracer: provider.getTracer(SCOPE, VERSION),
      useTraceId: (traceId) => ids.useNext(traceId),
    },
    kind,
    ...(endpoint === undefined ? {} : { endpoint }),
    mtls,
    ...(memory ? { memory } : {}),
    counts: () => stats ? countsOf(stats(), forwarder.waiting) : forwarder.counts,
    lastError: () => stats ? stats().lastError : forwarder.lastError,
  };
}

/** Nothing is counted here: the provider's exporters are the host's. */
function providerOutlet(
  { provider }: Extract<TraceDestination, { kind: "provider" }>,
): TraceOutlet {
  const host: HostProvider = provider === "global" ? trace.getTracerProvider() : provider;
  return {
    ...hostOutlet(host),
    starter: { tracer: host.getTracer(SCOPE, VERSION) },
    kind: "none",
    counts: () => ({ exported: 0, queued: 0, dropped: 0 }),
  };
}

function countsOf(stats: SpanCounts, waiting: number): SpanCounts {
  const { exported, queued, dropped } = stats;
  return { exported, queued: queued + waiting, dropped };
}

/** An exporter of the host's own tells nobody that it failed. */
function announceDrop(count: number, { observer }: ExporterContext): void {
  observer.dropped?.({ signal: "traces", count, reason: "rejected" });
}
