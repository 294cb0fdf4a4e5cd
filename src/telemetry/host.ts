import type { ContextManager } from "@opentelemetry/api";
import type { OtlpPlatform } from "../otlp/ports.ts";

/** What telemetry needs of the platform it runs on: what its exporters do, and the rest. */
export interface TelemetryHost extends Omit<OtlpPlatform, "env"> {
  /** A copy of the process environment; empty where there is none. */
  env(): Promise<Readonly<Record<string, string | undefined>>>;
  /** Makes what keeps track of the active span; left out where the platform has nothing for that. */
  contextManager?: () => Promise<ContextManager>;
}
