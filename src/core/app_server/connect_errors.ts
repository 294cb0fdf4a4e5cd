/**
 * Why no WebSocket could be opened, as one of three errors.
 * @module
 */
import { CodexError } from "../../errors.ts";
import { withoutCredentials } from "./remote_options.ts";

/** How an upgrade request failed. */
export type UpgradeFailure = { status: number } | { reason: string };

/**
 * The error for an upgrade that failed: by status when somebody answered, else for nobody there.
 * The URL is shown without user name, password and query.
 */
export function upgradeError(
  url: string,
  failure: UpgradeFailure,
): CodexError<"connection_refused" | "unauthorized" | "not_app_server"> {
  const shown = withoutCredentials(url);
  if ("reason" in failure) {
    return new CodexError(
      "connection_refused",
      `No connection to the app-server at ${shown}: ${failure.reason}.`,
      { details: { url: shown, reason: failure.reason } },
    );
  }
  const { status } = failure;
  if (status === 401 || status === 403) {
    return new CodexError(
      "unauthorized",
      `The app-server at ${shown} does not accept the token (status ${status}).`,
      { details: { url: shown, status } },
    );
  }
  const reason = `it answered the upgrade with status ${status}`;
  return new CodexError("not_app_server", `What answers at ${shown} is no app-server: ${reason}.`, {
    details: { url: shown, reason },
  });
}
