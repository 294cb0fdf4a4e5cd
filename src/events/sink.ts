import type { ExportSignal, TelemetryEventMap, TelemetryEventName } from "./catalogue.ts";

/** Names a span without knowing of spans: that of a run, or of one of the calls in it. */
export interface SpanReference {
  /** The `span_token` of the run's events. */
  span_token: string;
  /** The `call_id` of a tool or an approval. */
  call_id?: string;
}

/** W3C trace context, to be handed over to another process. */
export interface TraceCarrier {
  /** As https://www.w3.org/TR/trace-context/ has it. */
  traceparent: string;
  /** Absent where there is none. */
  tracestate?: string;
}

/** Where a signal is exported to, as another program may be told. */
export interface CollectorEndpoint {
  /** The signal's own URL, without credentials and query. */
  url: string;
  /** What the collector wants to see; secrets. */
  headers: Readonly<Record<string, string>>;
  /** Paths of PEM files. */
  tls?: { caFile?: string; certFile?: string; keyFile?: string };
}

/** The collector that telemetry exports to. */
export interface CollectorFacts {
  /** By signal. */
  endpoints: Readonly<Partial<Record<ExportSignal, CollectorEndpoint>>>;
  /** Attributes of the resource, as texts. */
  resource: Readonly<Record<string, string>>;
}

/** What the engine needs of telemetry: to announce, and to know whether anybody listens. */
export interface TelemetrySink {
  /** Whether any handler is attached to this event; lets a hot path build no payload for nobody. */
  has(name: TelemetryEventName): boolean;
  /** Announces an event to the handlers attached to it, at once and in their order. */
  emit<N extends TelemetryEventName>(
    name: N,
    measurements: TelemetryEventMap[N]["measurements"],
    metadata: TelemetryEventMap[N]["metadata"],
  ): void;
  /** The trace context of a span; undefined where nothing is traced. */
  carrier?(span: SpanReference): TraceCarrier | undefined;
  /** Calls a function in which that span is the active one. */
  within?<T>(span: SpanReference, fn: () => T): T;
  /**
   * The collector that is exported to; undefined where there is none. Rejects with a `CodexError`
   * (`unsupported`) where another program cannot be told how to reach it.
   */
  collector?(): Promise<CollectorFacts | undefined>;
}
