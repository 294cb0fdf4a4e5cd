/**
 * Reading, adding and comparing token counts.
 * @module
 */
import { type Fields, isFields, numberField } from "./fields.ts";
import type { TokenCounts, Usage } from "./usage.ts";

/** The fields of `Usage`, each with the other spellings seen for it. */
const SPELLINGS: Readonly<Record<keyof Usage, readonly string[]>> = {
  input_tokens: ["inputTokens"],
  cached_input_tokens: ["cachedInputTokens"],
  cache_write_input_tokens: ["cacheWriteInputTokens"],
  output_tokens: ["outputTokens"],
  reasoning_output_tokens: ["reasoningOutputTokens"],
};

const COUNT_NAMES = Object.keys(SPELLINGS) as (keyof Usage)[];

/** The token counts that an object holds, in either spelling; undefined when it holds none. */
export function parseCounts(value: unknown): TokenCounts | undefined {
  if (!isFields(value)) return undefined;
  const counts: TokenCounts = {};
  for (const name of COUNT_NAMES) {
    const count = numberField(value as Fields, name, ...SPELLINGS[name]);
    if (count !== undefined) counts[name] = count;
  }
  return Object.keys(counts).length === 0 ? undefined : counts;
}

/**
 * What was added between two totals of one thread. A count that one side lacks is left out, and so
 * is everything when a total went down, because then the two are not of one history.
 */
export function countsBetween(base: TokenCounts, total: TokenCounts): TokenCounts | undefined {
  const delta: TokenCounts = {};
  for (const name of COUNT_NAMES) {
    const before = base[name];
    const after = total[name];
    if (before === undefined || after === undefined) continue;
    if (after < before) return undefined;
    delta[name] = after - before;
  }
  return Object.keys(delta).length === 0 ? undefined : delta;
}

/** The base of a thread that has used nothing yet. */
export const ZERO_COUNTS: Readonly<Usage> = Object.freeze({
  input_tokens: 0,
  cached_input_tokens: 0,
  cache_write_input_tokens: 0,
  output_tokens: 0,
  reasoning_output_tokens: 0,
});

/** Whether two totals say the same; a count that only one of them has makes them differ. */
export function sameCounts(one: TokenCounts, other: TokenCounts | undefined): boolean {
  return other !== undefined && COUNT_NAMES.every((name) => one[name] === other[name]);
}
