import { context } from "@opentelemetry/api";
import type { EventBus } from "../events/bus.ts";
import type { CollectorFacts, SpanReference, TraceCarrier } from "../events/sink.ts";
import type { ExporterError } from "../otlp/options.ts";
import { bounded } from "./bounded.ts";
import { carrierOf } from "./carrier.ts";
import type { LogSubscriber } from "./logs/subscriber.ts";
import type { MetricSubscriber } from "./metrics/subscriber.ts";
import type { TelemetryStatus } from "./options.ts";
import type { Outlet } from "./outlet.ts";
import type { MemoryExporter } from "./record_exporters.ts";
import type { Settings } from "./settings.ts";
import { SPAN_EVENTS, type SpanSubscriber } from "./spans/subscriber.ts";
import type { TraceOutlet } from "./trace_outlet.ts";

/** Ids of the handlers. */
const HANDLERS = {
  logsOfEnds: "codex-otel.logs.ends",
  spans: "codex-otel.spans",
  metrics: "codex-otel.metrics",
  logs: "codex-otel.logs",
} as const;

/** How long a flush or a shutdown may take; longer than the exporters' own 30 s. */
const DELIVERY_TIMEOUT_MS = 35_000;

/** Spans, and where they go. */
export interface TracePart {
  outlet: TraceOutlet;
  subscriber: SpanSubscriber;
}

/** Metrics, and where they go. */
export interface MetricPart {
  outlet: Outlet;
  subscriber: MetricSubscriber;
}

/** Log records, and where they go. */
export interface LogPart {
  outlet: Outlet;
  subscriber: LogSubscriber;
}

/** The parts of a pipeline, each there if its signal is on. */
export interface PipelineParts {
  bus: EventBus;
  traces?: TracePart;
  metrics?: MetricPart;
  logs?: LogPart;
}

/** One configuration at work: from the events of the bus to exporters. */
export class Pipeline {
  readonly #settings: Settings;
  readonly #parts: PipelineParts;
  readonly #outlets: Outlet[];
  #lastError: ExporterError | undefined;

  /** Puts the parts together; nothing happens before `start()`. */
  constructor(settings: Settings, parts: PipelineParts) {
    this.#settings = settings;
    this.#parts = parts;
    const { traces, metrics, logs } = parts;
    this.#outlets = [traces, metrics, logs].flatMap((part) => part ? [part.outlet] : []);
  }

  /** The memory exporter, where spans are kept in memory. */
  get memory(): MemoryExporter | undefined {
    return this.#parts.traces?.outlet.memory;
  }

  /** Begins to listen. What is finished is kept back until `release()`. */
  start(): void {
    const { bus, traces, metrics, logs } = this.#parts;
    for (const outlet of this.#outlets) outlet.hold?.();
    const ofLogs = logs?.subscriber.events ?? [];
    // A log record belongs to a span that is open: after its start, and before its end.
    if (logs) bus.attachMany(HANDLERS.logsOfEnds, ofLogs.filter(isEnd), logs.subscriber.handle);
    if (traces) bus.attachMany(HANDLERS.spans, SPAN_EVENTS, traces.subscriber.handle);
    if (metrics) {
      bus.attachMany(HANDLERS.metrics, metrics.subscriber.events, metrics.subscriber.handle);
    }
    if (logs) {
      const others = ofLogs.filter((name) => !isEnd(name));
      bus.attachMany(HANDLERS.logs, others, logs.subscriber.handle);
    }
  }

  /** Lets what is finished go to the exporters. */
  release(): void {
    for (const outlet of this.#outlets) outlet.release?.();
  }

  /** Stops listening. Spans of runs under way end here, marked as unfinished. */
  stop(): void {
    for (const id of Object.values(HANDLERS)) this.#parts.bus.detach(id);
    this.#parts.traces?.subscriber.close();
  }

  /** Has everything delivered that has ended. What fails shows in `status()`. */
  async flush(): Promise<void> {
    await Promise.all(this.#outlets.map((outlet) => this.#deliver(outlet.flush())));
  }

  /** Has everything delivered and closes the exporters. What fails shows in `status()`. */
  async close(): Promise<void> {
    await Promise.all(this.#outlets.map((outlet) => this.#deliver(outlet.shutdown())));
  }

  /** The trace context of a span. */
  carrier(span: SpanReference): TraceCarrier | undefined {
    const active = this.#parts.traces?.subscriber.contextOf(span);
    return active && carrierOf(active);
  }

  /** Calls a function in which a span is the active one. */
  within<T>(span: SpanReference, fn: () => T): T {
    const active = this.#parts.traces?.subscriber.contextOf(span);
    return active ? context.with(active, fn) : fn();
  }

  /** The collector that is exported to. */
  async collector(): Promise<CollectorFacts | undefined> {
    const { collectorFacts } = await import("./collector.ts");
    return await collectorFacts(this.#settings);
  }

  /** What it does at the moment. */
  status(): TelemetryStatus {
    const traces = this.#parts.traces?.outlet;
    const endpoint = this.#outlets.find((outlet) => outlet.endpoint !== undefined)?.endpoint;
    const lastError = this.#newestError();
    return {
      enabled: true,
      ...(endpoint === undefined ? {} : { endpoint }),
      exporter: traces?.kind ?? (endpoint === undefined ? "none" : "otlp"),
      processor: this.#settings.processor,
      signals: [...this.#settings.signals],
      mtls: this.#outlets.some((outlet) => outlet.mtls),
      spans: traces?.counts() ?? { exported: 0, queued: 0, dropped: 0 },
      ...(lastError ? { lastError } : {}),
    };
  }

  #newestError(): ExporterError | undefined {
    return [this.#lastError, ...this.#outlets.map((outlet) => outlet.lastError())]
      .filter((error) => error !== undefined)
      .sort((a, b) => b.time - a.time)[0];
  }

  async #deliver(delivery: Promise<void>): Promise<void> {
    try {
      await bounded(delivery, DELIVERY_TIMEOUT_MS);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      this.#lastError = { reason: "incomplete", message, time: Date.now() };
    }
  }
}

/** Whether an event is the last of a span. */
function isEnd(name: string): boolean {
  return /\.(stop|exception|success|failure|approved|denied|timeout|completed|failed)$/.test(name);
}
