/**
 * Which metrics are sent as differences, after the OpenTelemetry specification's section "Metrics
 * exporter, OTLP, additional environment variables".
 * @module
 */
import type { AggregationTemporality, InstrumentType } from "@opentelemetry/sdk-metrics";

/** The preference, with the values of the enumeration of this name in OpenTelemetry JS. */
export const AggregationTemporalityPreference: {
  readonly DELTA: 0;
  readonly CUMULATIVE: 1;
  readonly LOWMEMORY: 2;
} = { DELTA: 0, CUMULATIVE: 1, LOWMEMORY: 2 };

/** A preference as a number of that enumeration, or by the name that the environment uses. */
export type TemporalityPreference = 0 | 1 | 2 | "delta" | "cumulative" | "lowmemory";

const NAMES = ["delta", "cumulative", "lowmemory"] as const;
const DELTA = 0 as AggregationTemporality.DELTA;
const CUMULATIVE = 1 as AggregationTemporality.CUMULATIVE;

const DELTA_KINDS: Record<(typeof NAMES)[number], ReadonlySet<string>> = {
  cumulative: new Set(),
  delta: new Set(["COUNTER", "OBSERVABLE_COUNTER", "GAUGE", "OBSERVABLE_GAUGE", "HISTOGRAM"]),
  lowmemory: new Set(["COUNTER", "HISTOGRAM"]),
};

/** Reads a preference as `OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE` has it. */
export function parseTemporality(text: string): TemporalityPreference | undefined {
  return NAMES.find((name) => name === text.trim().toLowerCase());
}

/**
 * Gives the temporality for each kind of instrument.
 * @throws {TypeError} for what is no preference.
 */
export function temporalitySelector(
  preference: TemporalityPreference,
): (instrument: InstrumentType) => AggregationTemporality {
  const name = typeof preference === "number" ? NAMES[preference] : preference;
  const kinds = name === undefined ? undefined : DELTA_KINDS[name];
  if (!kinds) throw new TypeError("temporalityPreference must be delta, cumulative or lowmemory.");
  return (instrument) => kinds.has(instrument) ? DELTA : CUMULATIVE;
}
