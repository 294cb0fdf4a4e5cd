import type { TelemetryEventMap, TelemetryEventName } from "./catalogue.ts";

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
}
