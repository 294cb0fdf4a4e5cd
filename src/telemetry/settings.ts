import type { Attributes, MeterProvider, TracerProvider } from "@opentelemetry/api";
import type { SpanLimits } from "@opentelemetry/sdk-trace";
import type { Sampler, SpanExporter } from "@opentelemetry/sdk-trace-base";
import type { ExportSignal } from "../events/catalogue.ts";
import type { OtlpExporterOptions } from "../otlp/options.ts";
import type { TemporalityPreference } from "../otlp/temporality.ts";
import type { ContentSettings } from "./content.ts";
import type { LoggerProviderLike, ProcessorName, SemconvMode } from "./options.ts";
import type { SamplerSetting } from "./sampler_setting.ts";

/** How to reach a collector, for one signal. */
export interface OtlpTarget {
  /** The signal's own URL; may hold credentials. */
  url: string;
  options: Omit<OtlpExporterOptions, "url" | "observer" | "platform">;
}

/** A collector. */
export interface OtlpDestination {
  kind: "otlp";
  target: OtlpTarget;
}

/** A provider of the host's. */
export interface ProviderDestination<Provider> {
  kind: "provider";
  provider: Provider | "global";
}

/** Where spans go. */
export type TraceDestination =
  | OtlpDestination
  | { kind: "memory"; endpoint: string }
  | { kind: "exporter"; exporter: SpanExporter }
  | ProviderDestination<TracerProvider>;

/** Where metrics go. */
export type MetricDestination = OtlpDestination | ProviderDestination<MeterProvider>;

/** Where log records go. */
export type LogDestination = OtlpDestination | { kind: "provider"; provider: LoggerProviderLike };

/** Everything that `configure()` has to know, with nothing left to decide. */
export interface Settings {
  /** The signals that have a destination. */
  signals: ExportSignal[];
  traces?: TraceDestination;
  metrics?: MetricDestination;
  logs?: LogDestination;
  /** The collector for a signal, also for one that is not exported; undefined where there is none. */
  collectorOf: (signal: ExportSignal) => OtlpTarget | undefined;
  processor: ProcessorName;
  sampler: SamplerSetting | Sampler;
  spanLimits: SpanLimits;
  /** How often metrics are collected, in milliseconds. */
  metricIntervalMs: number;
  temporality: TemporalityPreference;
  resource: Attributes;
  semconv: SemconvMode;
  content: ContentSettings;
  /** Runs over every text that is exported. */
  redact: (text: string) => string;
}

/** Settings, or undefined when telemetry is off, and what to warn of. */
export interface ResolvedSettings {
  settings?: Settings;
  /** Sentences that name a variable and never its value. */
  warnings: string[];
}
