/**
 * What runs while telemetry is on: from the events of the bus to an exporter. Loaded when
 * `configure()` enables it, and with it the OpenTelemetry SDK.
 * @module
 */
import { context } from "@opentelemetry/api";
import type { EventBus } from "../events/bus.ts";
import type { SpanReference, TraceCarrier } from "../events/sink.ts";
import type { ExportObserver } from "../otlp/observer.ts";
import type { ExporterError } from "../otlp/options.ts";
import { bounded } from "./bounded.ts";
import { carrierOf } from "./carrier.ts";
import type { TelemetryHost } from "./host.ts";
import type { TelemetryStatus } from "./options.ts";
import type { MemoryExporter } from "./record_exporters.ts";
import type { Settings } from "./settings.ts";
import { SPAN_EVENTS, SpanSubscriber } from "./spans/subscriber.ts";
import { openTraceOutlet, type TraceOutlet } from "./trace_outlet.ts";

/** Id of the handler that builds spans. */
const SPANS_HANDLER = "codex-otel.spans";

/** How long a flush or a shutdown may take; longer than the exporter's own 30 s. */
const DELIVERY_TIMEOUT_MS = 35_000;

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
  context: PipelineContext,
): Promise<Pipeline> {
  const observer = observerOf(context.bus);
  const outlet = await openTraceOutlet(settings, { host: context.host, observer });
  return new Pipeline(settings, { bus: context.bus, outlet });
}

/** One configuration at work. */
export class Pipeline {
  readonly #settings: Settings;
  readonly #bus: EventBus;
  readonly #outlet: TraceOutlet;
  readonly #spans: SpanSubscriber;
  #lastError: ExporterError | undefined;

  /** Use {@linkcode openPipeline}. */
  constructor(settings: Settings, { bus, outlet }: { bus: EventBus; outlet: TraceOutlet }) {
    this.#settings = settings;
    this.#bus = bus;
    this.#outlet = outlet;
    const { semconv: mode, content, redact } = settings;
    this.#spans = new SpanSubscriber({ starter: outlet.starter, mode, content, redact });
  }

  /** The memory exporter, where spans are kept in memory. */
  get memory(): MemoryExporter | undefined {
    return this.#outlet.memory;
  }

  /** Begins to listen. Finished spans are kept back until `release()`. */
  start(): void {
    this.#outlet.forwarder?.hold();
    this.#bus.attachMany(SPANS_HANDLER, SPAN_EVENTS, this.#spans.handle);
  }

  /** Lets finished spans go to the exporter. */
  release(): void {
    this.#outlet.forwarder?.release();
  }

  /** Stops listening. Spans of runs under way end here, marked as unfinished. */
  stop(): void {
    this.#bus.detach(SPANS_HANDLER);
    this.#spans.close();
  }

  /** Has everything delivered that has ended. What fails shows in `status()`. */
  async flush(): Promise<void> {
    await this.#deliver(this.#outlet.flush());
  }

  /** Has everything delivered and closes the exporter. What fails shows in `status()`. */
  async close(): Promise<void> {
    await this.#deliver(this.#outlet.shutdown());
  }

  /** The trace context of a span. */
  carrier(span: SpanReference): TraceCarrier | undefined {
    const active = this.#spans.contextOf(span);
    return active && carrierOf(active);
  }

  /** Calls a function in which a span is the active one. */
  within<T>(span: SpanReference, fn: () => T): T {
    const active = this.#spans.contextOf(span);
    return active ? context.with(active, fn) : fn();
  }

  /** What it does at the moment. */
  status(): TelemetryStatus {
    const { kind, endpoint, mtls, counts } = this.#outlet;
    const lastError = this.#outlet.lastError() ?? this.#lastError;
    return {
      enabled: true,
      ...(endpoint === undefined ? {} : { endpoint }),
      exporter: kind,
      processor: this.#settings.processor,
      signals: [...this.#settings.signals],
      mtls,
      spans: counts(),
      ...(lastError ? { lastError } : {}),
    };
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

/** Announces on the bus what becomes of exported data. */
function observerOf(bus: EventBus): ExportObserver {
  return {
    failure({ signal, count, reason, status }) {
      bus.emit("codex.telemetry.export.failure", { count }, {
        originator: "sdk",
        signal,
        reason,
        ...(status === undefined ? {} : { status }),
      });
    },
    dropped({ signal, count, reason }) {
      bus.emit("codex.telemetry.export.dropped", { count }, { originator: "sdk", signal, reason });
    },
  };
}
