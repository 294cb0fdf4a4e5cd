/**
 * Tokens: names of files and folders in the middle of some work, which say whose work it is.
 *
 * The rule for processes that share a staging folder: what carries the token of a running process
 * is that process's own. Others touch it only when its owner is gone, which is certain for a
 * process of the same host, or when it has been left alone for so long that it must be.
 * @module
 */
import type { Owner, OwnerState } from "./ports.ts";

/** Whose work something is, and since when. */
export interface Token {
  owner: Owner;
  /** Unix epoch in milliseconds. */
  sinceMs: number;
  /** The token as it stands in the name. */
  text: string;
}

/** A removal takes milliseconds; one that an unknown process began a minute ago was given up. */
const REMOVAL_LIMIT_MS = { unknown: 60_000, alive: 600_000 };

/** How long a copy of an unknown process may make no progress before it counts as given up. */
const COPY_LIMIT_MS = 3_600_000;

const PATTERN = /^([0-9a-f]+)-(\d+)-(\d+)-(\d+)-[0-9a-f]{32}$/;

/** A token that nobody else has. */
export function createToken(owner: Owner, nowMs: number): string {
  const unique = crypto.randomUUID().replaceAll("-", "");
  return [owner.host, owner.pid, owner.start, Math.floor(nowMs), unique].join("-");
}

/** Reads a token from a name; undefined for what is none. */
export function parseToken(text: string): Token | undefined {
  const [, host, pid, start, since] = PATTERN.exec(text) ?? [];
  if (host === undefined || start === undefined) return undefined;
  return { owner: { host, pid: Number(pid), start }, sinceMs: Number(since), text };
}

/** Whether a removal was given up, so that another process may finish it. */
export function isRemovalGivenUp(state: OwnerState, ageMs: number): boolean {
  // A living owner is granted more: its pid may be of a new process where start times are unknown.
  return state === "gone" || ageMs > REMOVAL_LIMIT_MS[state];
}

/** Whether an unfinished copy was given up; `idleMs` is the time since it last grew. */
export function isCopyGivenUp(state: OwnerState, idleMs: number): boolean {
  return state === "gone" || (state === "unknown" && idleMs > COPY_LIMIT_MS);
}
