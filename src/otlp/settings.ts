/**
 * Single settings as text, as environment variables hold them.
 * @module
 */
import type { Compression } from "./options.ts";

/** `gzip` or `none`, in any case. `undefined` for anything else. */
export function parseCompression(text: string): Compression | undefined {
  const value = text.trim().toLowerCase();
  return value === "gzip" || value === "none" ? value : undefined;
}

/** A timeout: a whole number of milliseconds above 0. `undefined` for anything else. */
export function parseTimeoutMs(text: string): number | undefined {
  const value = text.trim();
  if (!/^\d{1,9}$/.test(value) || Number(value) === 0) return undefined;
  return Number(value);
}
