import type { Counter, Histogram } from "@opentelemetry/api";
import type { TokenCounts } from "../../events/catalogue.ts";
import type { SemconvMode } from "../options.ts";
import { type Of, TOKEN_BUCKETS } from "./instruments.ts";
import type { InstrumentMaker } from "./meter.ts";

/** Whose tokens they are. */
export type TokenAttributes = Of<"gen_ai.provider.name" | "gen_ai.request.model">;

/** How many tokens a turn used, by their type. */
export type TokenHistogram = Histogram<
  Of<
    | "gen_ai.operation.name"
    | "gen_ai.token.type"
    | "gen_ai.provider.name"
    | "gen_ai.request.model"
  >
>;

/** How many tokens of its kind the turns used. */
export type TokenCounter = Counter<Of<"gen_ai.provider.name" | "gen_ai.request.model">>;

/** Records what a turn used. */
export type TokenRecorder = (usage: TokenCounts, attributes: TokenAttributes) => void;

/** The recorder for a mode's names: one histogram, or a counter for each kind of tokens. */
export function createTokenRecorder(meter: InstrumentMaker, mode: SemconvMode): TokenRecorder {
  return mode === "default" ? oneHistogram(meter) : manyCounters(meter);
}

function oneHistogram(meter: InstrumentMaker): TokenRecorder {
  const histogram: TokenHistogram = meter.createHistogram("gen_ai.client.token.usage", {
    unit: "{token}",
    advice: { explicitBucketBoundaries: [...TOKEN_BUCKETS] },
  });
  return ({ input_tokens, output_tokens }, attributes) => {
    const record = (type: "input" | "output", count: number | undefined) => {
      if (count !== undefined) {
        histogram.record(count, {
          "gen_ai.operation.name": "invoke_agent",
          ...attributes,
          "gen_ai.token.type": type,
        });
      }
    };
    record("input", input_tokens);
    record("output", output_tokens);
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

function manyCounters(meter: InstrumentMaker): TokenRecorder {
  const counters = Object.entries(COUNTERS).map(([name, field]) => {
    const counter: TokenCounter = meter.createCounter(`gen_ai.client.inference.usage.${name}`, {
      unit: "{token}",
    });
    return { field, counter };
  });
  return (usage, attributes) => {
    for (const { field, counter } of counters) {
      const count = usage[field];
      if (count !== undefined) counter.add(count, attributes);
    }
  };
}
