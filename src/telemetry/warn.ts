/**
 * Apart, because a bundler keeps all of a package that is itself imported on demand.
 * @module
 */
import { diag } from "@opentelemetry/api";

/** Warns through the API's logger, which is the application's. */
export function warn(messages: readonly string[]): void {
  for (const message of messages) diag.warn(`codex-otel: ${message}`);
}
