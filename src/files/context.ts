import type { Owner, StagingFiles } from "./ports.ts";

/** Where staging happens, and who does it. */
export interface StagingContext {
  files: StagingFiles;
  /** Absolute path of the staging folder. */
  root: string;
  /** This process. */
  owner: Owner;
  /** Unix epoch in milliseconds. */
  nowMs: () => number;
}

/** Begins the name of a folder in which a process prepares an entry; a token follows. */
export const WORKSPACE_PREFIX = ".tmp-";

/** Begins the name of an entry on its way out; its checksum, `-` and a token follow. */
export const TRASH_PREFIX = ".trash-";

/** The name of an entry: SHA-256 in hex. */
export const CHECKSUM_PATTERN: RegExp = /^[0-9a-f]{64}$/;
