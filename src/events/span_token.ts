/** Creates a token that all events of one run, or of one `span()`, carry as `span_token`. */
export function createSpanToken(): string {
  return crypto.randomUUID();
}
