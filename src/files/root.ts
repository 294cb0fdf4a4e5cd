/**
 * The staging folder itself.
 * @module
 */
import { CodexError } from "../errors.ts";
import { hasCode, reasonOf, stagingFailure } from "./failures.ts";
import type { FileStatus, StagingFiles } from "./ports.ts";

/** Permission bits that let others than the owner write. */
const OTHERS_MAY_WRITE = 0o022;

/**
 * Makes the staging folder where there is none, and refuses one that others could tamper with:
 * anybody may make `codex_files` in a common temporary folder before we do. A folder that is there
 * is never changed, because it may be a folder of the system.
 *
 * @throws {CodexError} `staging_folder`, `staging_full`.
 */
export async function prepareRoot(files: StagingFiles, path: string): Promise<void> {
  try {
    await files.makeFolder(path, { parents: true });
  } catch (cause) {
    if (hasCode(cause, "ENOSPC", "EDQUOT")) throw stagingFailure(cause, path);
    throw unusable(path, hasCode(cause, "EEXIST") ? "it is no folder" : reasonOf(cause), cause);
  }
  const link = await files.linkStatus(path);
  const reason = whyUnsafe(link, await files.status(path), files.userId);
  if (reason !== undefined) throw unusable(path, reason);
}

function whyUnsafe(
  link: FileStatus,
  folder: FileStatus,
  userId: number | undefined,
): string | undefined {
  if (folder.kind !== "folder") return "it is no folder";
  if (userId === undefined) return undefined;
  if (link.userId !== userId || folder.userId !== userId) return "it belongs to another user";
  return (folder.mode ?? 0) & OTHERS_MAY_WRITE ? "other users may write to it" : undefined;
}

function unusable(path: string, reason: string, cause?: unknown): CodexError<"staging_folder"> {
  return new CodexError(
    "staging_folder",
    `The staging folder ${path} cannot be used: ${reason}. Name another one by CODEX_STAGING_DIR.`,
    { details: { path, reason }, ...(cause === undefined ? {} : { cause }) },
  );
}
