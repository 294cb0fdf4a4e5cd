import { CodexError } from "../errors.ts";

/** The error for what only a turn that runs can do. */
export function noTurnError(): CodexError<"no_turn"> {
  return new CodexError("no_turn", "No turn of this thread is running.", { details: {} });
}
