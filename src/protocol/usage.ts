/** Token counts. Cached and cache-write tokens are part of `input_tokens`, reasoning of `output_tokens`. */
export interface Usage {
  /** Input tokens, cached ones included. */
  input_tokens: number;
  /** Input tokens that came from the prompt cache. */
  cached_input_tokens: number;
  /** Input tokens written to the prompt cache. */
  cache_write_input_tokens: number;
  /** Output tokens, reasoning included. */
  output_tokens: number;
  /** Output tokens spent on reasoning. */
  reasoning_output_tokens: number;
}

/** Counts of which some may be unknown. A count of zero is kept. */
export type TokenCounts = Partial<Usage>;
