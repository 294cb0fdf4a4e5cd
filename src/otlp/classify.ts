/**
 * Which answers are worth another try, after the OTLP specification's section "Failures".
 * @module
 */

/** What to do about an HTTP status. */
export type StatusVerdict = "accepted" | "retry" | "redirect" | "refused";

const RETRYABLE = new Set([429, 502, 503, 504]);
const REDIRECTS = new Set([301, 302, 303, 307, 308]);
/** A wait beyond an hour would hold data longer than anybody waits for it. */
const MAX_RETRY_AFTER_MS = 3_600_000;

/** Decides by HTTP status. */
export function statusVerdict(status: number): StatusVerdict {
  if (status >= 200 && status < 300) return "accepted";
  if (RETRYABLE.has(status)) return "retry";
  return REDIRECTS.has(status) ? "redirect" : "refused";
}

/**
 * Reads `Retry-After` (RFC 9110, section 10.2.3): seconds or a date. Gives milliseconds from
 * `now`, from 0 to one hour; `undefined` when there is none or it cannot be read.
 */
export function parseRetryAfter(value: string | null, now: number): number | undefined {
  const text = value?.trim() ?? "";
  const ms = /^\d+$/.test(text) ? Number(text) * 1000 : httpDate(text) - now;
  return Number.isNaN(ms) ? undefined : Math.min(Math.max(ms, 0), MAX_RETRY_AFTER_MS);
}

/** NaN for what does not look like a date with a day's name, which `Date.parse` may still take. */
function httpDate(text: string): number {
  return /^[A-Za-z]{3,9},? /.test(text) ? Date.parse(text) : NaN;
}

/**
 * Gives the URL to follow a redirect to. Only 307 and 308 keep a POST a POST, and only the same
 * origin may have the credentials; `undefined` means not to follow.
 */
export function redirectTarget(
  status: number,
  options: { from: string; location: string | null },
): string | undefined {
  if ((status !== 307 && status !== 308) || !options.location) return undefined;
  if (!URL.canParse(options.location, options.from)) return undefined;
  const target = new URL(options.location, options.from);
  return target.origin === new URL(options.from).origin ? target.href : undefined;
}
