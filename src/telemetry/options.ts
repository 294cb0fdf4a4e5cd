/**
 * What `configure()` takes and what `status()` gives.
 * @module
 */
import type { ErrorSummary, ExportSignal } from "../events/catalogue.ts";
import type { ContentOptions } from "./content.ts";
import type { Compression, ExporterError, HeaderOption } from "../otlp/options.ts";
import type { Fetch, TlsOptions } from "../otlp/ports.ts";
import type {
  Attributes,
  Context,
  MeterProvider,
  Sampler,
  SpanExporter,
  TracerProvider,
} from "./otel_types.ts";

/** When finished spans go to the exporter: each at once, or many together. */
export type ProcessorName = "simple" | "batch";

/** Which names GenAI attributes have: those of v1.41, or the newest. */
export type SemconvMode = "default" | "gen_ai_latest_experimental";

/** A log record, as OpenTelemetry's logger takes it. */
export interface EmittedLog {
  /** Name of the event. */
  eventName: string;
  /** Seconds and nanoseconds since the Unix epoch. */
  timestamp: [number, number];
  /** 5 is debug, 9 info, 13 warn, 17 error. */
  severityNumber: number;
  /** The severity in words: `DEBUG`, `INFO`, `WARN` or `ERROR`. */
  severityText: string;
  /** Name of the event, for those who show bodies only. */
  body: string;
  /** What the event says, without content unless it was asked for. */
  attributes: Record<string, string | number | boolean | string[] | null | undefined>;
  /** Joins the record to its span. */
  context?: Context;
}

/** A logger provider of OpenTelemetry's logs API, as far as it is used here. */
export interface LoggerProviderLike {
  /** Gives the logger of an instrumentation scope. */
  getLogger(name: string, version?: string): { emit(record: EmittedLog): void };
}

/** Options of `configure()`. Each wins over the environment. */
export interface ConfigureOptions {
  /**
   * Environment variables; the process environment by default, and none on the edge. The bindings
   * of a Worker can be given as they are: what is no text, number or boolean is left alone.
   */
  env?: object;
  /**
   * Turns telemetry on or off. A falsy `CODEX_OTLP_ENABLE` and `OTEL_SDK_DISABLED=true`, which
   * belong to the operator, win over `true`.
   */
  enabled?: boolean;
  /** Base URL of a collector, or a signal's full URL; `pid://local` keeps spans in memory. */
  endpoint?: string;
  /** Where spans go in place of the OTLP exporter. */
  exporter?: SpanExporter;
  /** `"simple"` by default. */
  processor?: ProcessorName;
  /** Attributes of the resource; they win over the environment's one by one. */
  resource?: Attributes;
  /** Decides which runs have spans; by default `OTEL_TRACES_SAMPLER`, then all. */
  sampler?: Sampler;
  /** The host's own provider: spans go there, and nothing is exported here. */
  tracerProvider?: TracerProvider;
  /** The host's own provider of meters: turns metrics on, and they go there. */
  meterProvider?: MeterProvider;
  /** The host's own provider of loggers: turns logs on, and they go there. */
  loggerProvider?: LoggerProviderLike;
  /** Spans and metrics go to the providers that the host has registered with OpenTelemetry. */
  useGlobal?: boolean;
  /**
   * Installs a context manager for the whole process, where telemetry is on and the host has none:
   * only with one is a caller's active span the parent of a turn, and that of a tool or an approval
   * the active one in its function. It stays after `shutdown()`. Off by default.
   */
  contextManager?: boolean;
  /**
   * What is exported; by default traces, and what `OTEL_TRACES_EXPORTER`, `OTEL_METRICS_EXPORTER`
   * and `OTEL_LOGS_EXPORTER` say (`otlp` or `none`).
   */
  signals?: readonly ExportSignal[];
  /** How often metrics are collected, in milliseconds; by default once a minute. */
  metricIntervalMs?: number;
  /** Certificates for TLS and mTLS; replaces those of the environment as a whole. */
  tls?: TlsOptions;
  /** Headers for the collector; they replace those of the environment as a whole. */
  headers?: HeaderOption;
  /** The only protocol there is. */
  protocol?: "http/json";
  /** `"gzip"` by default. */
  compression?: Compression;
  /** For one request, in milliseconds. */
  timeoutMs?: number;
  /** Bound of what waits while the collector is away, in bytes. */
  maxQueueBytes?: number;
  /** Stands in for the global `fetch`. Not together with `tls`. */
  fetch?: Fetch;
  /** Names of GenAI attributes; by default as `OTEL_SEMCONV_STABILITY_OPT_IN` says. */
  semconv?: SemconvMode;
  /** What people and the agent wrote goes on spans only where a switch says so. */
  content?: ContentOptions;
  /** Masks more than the built-in patterns do; runs after them, over every text exported. */
  redact?: (text: string) => string;
  /** Throw instead of answering with a status that holds an `error`. */
  strict?: boolean;
}

/** Counts of spans since `configure()`. */
export interface SpanCounts {
  /** Accepted by the exporter's other end. */
  exported: number;
  /** Finished, and neither delivered nor given up yet. */
  queued: number;
  /** Given up. */
  dropped: number;
}

/** What telemetry does at the moment. Never holds a header's value or a credential. */
export interface TelemetryStatus {
  /** Whether anything is exported, or handed to the host's own providers. */
  enabled: boolean;
  /** Where traces go, without credentials and query. */
  endpoint?: string;
  /** Where spans go; `none` when telemetry is off, or when the host's own provider takes them. */
  exporter: "otlp" | "memory" | "port" | "custom" | "none";
  /** When finished spans go to the exporter. */
  processor: ProcessorName;
  /** What is exported. */
  signals: ExportSignal[];
  /** Whether a client certificate is used. */
  mtls: boolean;
  /** What became of the spans so far; all 0 when the host's own provider takes them. */
  spans: SpanCounts;
  /** The newest failed export; stays after recovery. */
  lastError?: ExporterError;
  /** Why `configure()` failed. */
  error?: ErrorSummary;
}
