/** How this package writes its own codes, all of which are constants in its source. */
const OWN_CODE = /^[a-z]{2,20}(_[a-z]{2,20}){0,4}$/;

/** Names of the language's and the platform's errors. */
const STANDARD: ReadonlySet<string> = new Set([
  "Error",
  "TypeError",
  "RangeError",
  "SyntaxError",
  "ReferenceError",
  "AggregateError",
  "AbortError",
  "TimeoutError",
]);

/** A value of `error.type`, from a closed set; `_OTHER` for all else, as the conventions ask. */
export function errorTypeOf(code: string): string {
  return OWN_CODE.test(code) || STANDARD.has(code) ? code : "_OTHER";
}
