import { CodexError } from "../errors.ts";

/** The error for a call on a `Codex` that was closed. */
export function closedError(): CodexError<"closed"> {
  return new CodexError("closed", "This Codex is closed; create a new one.", { details: {} });
}
