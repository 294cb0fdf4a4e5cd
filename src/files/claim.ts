/**
 * Claims: who wants a staged file kept, and until when.
 *
 * Each call of `stage` leaves a claim of its own, in a file that is never written again, so that
 * processes which share the folder cannot lose each other's wishes. An entry is kept for the
 * longest of its claims; what a longer one covers may be removed at any time.
 * @module
 */
import { isFields } from "../protocol/fields.ts";
import { DEFAULT_TTL_MS } from "./options.ts";

/** One wish to keep a staged file. */
export interface Claim {
  /** Unix epoch in milliseconds. */
  stagedAt: number;
  /** Milliseconds; `Infinity` for a file without an end. */
  ttlMs: number;
  /** Whether `forceCleanup` leaves the file alone. */
  persist: boolean;
}

/** A claim as it is on the disk, with what was seen of the content. */
export interface ClaimRecord extends Claim {
  /** Whether the content begins as an image does. */
  imageMagic: boolean;
}

const VERSION = 1;

/** The text of a claim's file. JSON has no infinity; `null` stands for it. */
export function encodeClaim(record: ClaimRecord): string {
  const ttlMs = record.ttlMs === Infinity ? null : record.ttlMs;
  return JSON.stringify({ version: VERSION, ...record, ttlMs });
}

/** Reads a claim back; undefined for a text that is none of this version. */
export function parseClaim(text: string): ClaimRecord | undefined {
  const fields = parseFields(text);
  if (fields?.["version"] !== VERSION) return undefined;
  const { stagedAt, ttlMs: written, persist, imageMagic } = fields;
  const ttlMs = written === null ? Infinity : written;
  if (!isTime(stagedAt) || !isTime(ttlMs)) return undefined;
  if (typeof persist !== "boolean" || typeof imageMagic !== "boolean") return undefined;
  return { stagedAt, ttlMs, persist, imageMagic };
}

function parseFields(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isFields(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isTime(value: unknown): value is number {
  return typeof value === "number" && value >= 0;
}

/** When a claim ends, Unix epoch in milliseconds; `Infinity` for one of a persistent file. */
export function expiryOf(claim: Claim): number {
  return claim.persist ? Infinity : claim.stagedAt + claim.ttlMs;
}

/** Whether a claim still counts. */
export function isCurrent(claim: Claim, nowMs: number): boolean {
  return expiryOf(claim) > nowMs;
}

/** Whether everything that `other` asks for is granted by `claim`. */
export function covers(claim: Claim, other: Claim): boolean {
  if (claim.persist !== other.persist) return claim.persist;
  return expiryOf(claim) >= expiryOf(other);
}

/** Stands for a claim that cannot be read, such as a later version's: a day from its last change. */
export function unreadableClaim(modifiedMs: number): ClaimRecord {
  return { stagedAt: modifiedMs, ttlMs: DEFAULT_TTL_MS, persist: false, imageMagic: false };
}

/** A claim and the name of its file. */
export interface StoredClaim {
  file: string;
  record: ClaimRecord;
}

/**
 * The claim that covers all others; undefined when there is none. Of equal ones it is the one with
 * the greatest file name, so that two processes which tidy up at once keep the same one.
 */
export function longest(claims: readonly StoredClaim[]): StoredClaim | undefined {
  return claims.reduce<StoredClaim | undefined>(
    (best, claim) => best && outlasts(best, claim) ? best : claim,
    undefined,
  );
}

function outlasts(one: StoredClaim, other: StoredClaim): boolean {
  if (!covers(one.record, other.record)) return false;
  return !covers(other.record, one.record) || one.file > other.file;
}
