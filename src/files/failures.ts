/**
 * What the file system says, as errors of this package.
 * @module
 */
import { CodexError, isCodexError } from "../errors.ts";

/** Whether an error carries one of these codes of the system. */
export function hasCode(error: unknown, ...codes: string[]): boolean {
  return codes.includes(reasonOf(error));
}

/** The system's code of an error, else its name. */
export function reasonOf(error: unknown): string {
  if (typeof error !== "object" || error === null) return "unknown";
  if ("code" in error && typeof error.code === "string") return error.code;
  return "name" in error ? String(error.name) : "unknown";
}

/** The error for a source that cannot be opened or read. */
export function sourceFailure(cause: unknown, path: string): CodexError {
  if (isCodexError(cause)) return cause;
  if (hasCode(cause, "ENOENT", "ENOTDIR")) {
    return new CodexError("attachment_missing", `There is no file at ${path}.`, {
      details: { path },
      cause,
    });
  }
  const reason = reasonOf(cause);
  return new CodexError("attachment_unreadable", `The file ${path} cannot be read: ${reason}.`, {
    details: { path, reason },
    cause,
  });
}

/** The error for a staging folder that refuses to work. */
export function stagingFailure(cause: unknown, path: string): CodexError {
  if (isCodexError(cause)) return cause;
  if (hasCode(cause, "ENOSPC", "EDQUOT")) {
    return new CodexError(
      "staging_full",
      `The disk of the staging folder ${path} is full. Free some space, call forceCleanup(), or ` +
        "name a folder on another disk by CODEX_STAGING_DIR.",
      { details: { path }, cause },
    );
  }
  const reason = reasonOf(cause);
  return new CodexError("staging_failed", `The staging folder ${path} failed: ${reason}.`, {
    details: { path, reason },
    cause,
  });
}

/** The error for an entry that another process has been removing for too long. */
export function busyFailure(path: string): CodexError<"staging_failed"> {
  return new CodexError(
    "staging_failed",
    `Another process has been removing ${path} for a long time. Try again later, or call reset().`,
    { details: { path, reason: "busy" } },
  );
}
