/**
 * What callers of `files` ask for and get.
 * @module
 */
import type { Attachment } from "../core/options.ts";

/** How long a file is kept unless the caller says otherwise: a day. */
export const DEFAULT_TTL_MS = 86_400_000;

/** How a file is to be staged. */
export interface StageOptions {
  /** The name that the agent sees; the file's own by default. */
  name?: string;
  /** Keeps the file until `reset()`: it never expires, and `forceCleanup()` leaves it alone. */
  persist?: boolean;
  /** How long the file is kept, in milliseconds: 24 hours by default, `Infinity` for no end. */
  ttlMs?: number;
}

/** A file in the staging folder. */
export interface StagedFile extends Attachment {
  /** SHA-256 of the content, 64 lower-case hex digits. */
  checksum: string;
  /** Size of the content, in bytes. */
  sizeBytes: number;
  /** Whether only `reset()` removes it. */
  persist: boolean;
  /** Milliseconds; `Infinity` for a file that does not expire. */
  ttlMs: number;
  /** When it was staged, Unix epoch in milliseconds; of several times the one that keeps it longest. */
  stagedAt: number;
  /** When it expires, Unix epoch in milliseconds, or `Infinity`. */
  expiresAt: number;
}

/** What the staging folder holds, and what this process has done there. */
export interface StagingMetrics {
  /** Files that are staged now. */
  count: number;
  /** What their contents take on the disk. */
  bytes: number;
  /** Those of them that are persistent. */
  persistentCount: number;
  /** What the contents of the persistent ones take. */
  persistentBytes: number;
  /** Files that this process has copied. */
  stagedCount: number;
  /** Bytes that it has copied. */
  stagedBytes: number;
  /** Calls of `stage` that found the content there. */
  hits: number;
  /** Files that this process has removed. */
  cleanedCount: number;
  /** Bytes that this has given back. */
  cleanedBytes: number;
  /** Removals that failed while a file was staged; they are tried again with the next sweep. */
  cleanupFailures: number;
}

/**
 * Fills in what was left out.
 * @throws {TypeError} for an option of the wrong type.
 * @throws {RangeError} for a `ttlMs` that is no positive number.
 */
export function resolveStageOptions(
  options: StageOptions,
): { name: string | undefined; persist: boolean; ttlMs: number } {
  const { name, persist = false, ttlMs = DEFAULT_TTL_MS } = options;
  if (name !== undefined && typeof name !== "string") throw wrongType("name", "a string");
  if (typeof persist !== "boolean") throw wrongType("persist", "a boolean");
  if (typeof ttlMs !== "number") throw wrongType("ttlMs", "a number");
  if (!(ttlMs > 0)) throw new RangeError(`ttlMs must be more than 0, not ${ttlMs}.`);
  return { name, persist, ttlMs: persist ? Infinity : ttlMs };
}

function wrongType(name: string, wanted: string): TypeError {
  return new TypeError(`The option ${name} of stage() must be ${wanted}.`);
}
