import type { ContextManager } from "@opentelemetry/api";
import type { PipelineKind } from "../otlp/export_pipeline.ts";
import type { OtlpPlatform } from "../otlp/ports.ts";
import type { Serial } from "./serial.ts";

/** What telemetry needs of the platform it runs on. */
export interface TelemetryHost {
  /** A copy of the process environment; empty where there is none. */
  env(): Promise<Readonly<Record<string, string | undefined>>>;
  /** Loads what the exporters are given; left out where the platform has nothing for them. */
  otlp?: () => Promise<Omit<OtlpPlatform, "env">>;
  /** Loads the way in which the exporters send. */
  pipeline: () => Promise<PipelineKind>;
  /** Has changes wait for each other; by default in the order of promises. */
  serial?: Serial;
  /** Says why something could not be loaded; gives any other reason back. */
  explain?: (reason: unknown) => Promise<unknown>;
  /** Makes what keeps track of the active span; left out where the platform has nothing for that. */
  contextManager?: () => Promise<ContextManager>;
}
