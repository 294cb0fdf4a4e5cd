import type { Attributes, Meter } from "@opentelemetry/api";
import type { TokenCounts } from "../../events/catalogue.ts";
import type { SemconvMode } from "../options.ts";
import { TOKEN_BUCKETS } from "./instruments.ts";

/** Records what a turn used. */
export type TokenRecorder = (usage: TokenCounts, attributes: Attributes) => void;

/** The recorder for a mode's names: one histogram, or a counter for each kind of tokens. */
export function createTokenRecorder(meter: Meter, mode: SemconvMode): TokenRecorder {
  return mode === "default" ? oneHistogram(meter) : manyCounters(meter);
}

function oneHistogram(meter: Meter): TokenRecorder {
  const histogram = meter.createHistogram("gen_ai.client.token.usage", {
    unit: "{token}",
    advice: { explicitBucketBoundaries: [...TOKEN_BUCKETS] },
  });
  return ({ input_tokens, output_tokens }, attributes) => {
    const counts = { input: input_tokens, output: output_tokens };
    for (const [type, count] of Object.entries(counts)) {
      if (count !== undefined) {
        histogram.record(count, { ...attributes, "gen_ai.token.type": type });
      }
    }
  };
}

/** Field of the usage by the end of the counter's name. */
const COUNTERS: Readonly<Record<string, keyof TokenCounts>> = {
  "input_tokens": "input_tokens",
  "output_tokens": "output_tokens",
  "cache_read.input_tokens": "cached_input_tokens",
  "cache_write.input_tokens": "cache_write_input_tokens",
  "reasoning.output_tokens": "reasoning_output_tokens",
};

function manyCounters(meter: Meter): TokenRecorder {
  const counters = Object.entries(COUNTERS).map(([name, field]) => ({
    field,
    counter: meter.createCounter(`gen_ai.client.inference.usage.${name}`, { unit: "{token}" }),
  }));
  return (usage, attributes) => {
    for (const { field, counter } of counters) {
      const count = usage[field];
      if (count !== undefined) counter.add(count, attributes);
    }
  };
}
