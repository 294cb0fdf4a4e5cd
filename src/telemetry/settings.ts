import type { Attributes, TracerProvider } from "@opentelemetry/api";
import type { Sampler, SpanExporter } from "@opentelemetry/sdk-trace-base";
import type { ExportSignal } from "../events/catalogue.ts";
import type { OtlpExporterOptions } from "../otlp/options.ts";
import type { ContentSettings } from "./content.ts";
import type { ProcessorName, SemconvMode } from "./options.ts";
import type { SamplerSetting } from "./sampler_setting.ts";

/** How to reach a collector, for one signal. */
export interface OtlpTarget {
  /** The signal's own URL; may hold credentials. */
  url: string;
  options: Omit<OtlpExporterOptions, "url" | "observer" | "platform">;
}

/** Where spans go. */
export type Destination =
  | { kind: "otlp"; traces: OtlpTarget }
  | { kind: "memory"; endpoint: string }
  | { kind: "exporter"; exporter: SpanExporter }
  | { kind: "provider"; provider: TracerProvider | "global" };

/** Everything that `configure()` has to know, with nothing left to decide. */
export interface Settings {
  destination: Destination;
  signals: ExportSignal[];
  processor: ProcessorName;
  sampler: SamplerSetting | Sampler;
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
