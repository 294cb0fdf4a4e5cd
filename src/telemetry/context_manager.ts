import { context, createContextKey, ROOT_CONTEXT } from "@opentelemetry/api";
import { CodexError } from "../errors.ts";
import type { TelemetryHost } from "./host.ts";

/**
 * Installs a context manager for the whole process, unless the host has one. It stays: others may
 * have begun to rely on it.
 * @throws {CodexError} `unsupported` on a platform that has none to install.
 */
export async function installContextManager({ contextManager }: TelemetryHost): Promise<void> {
  if (hasContextManager()) return;
  if (!contextManager) {
    throw new CodexError("unsupported", "This platform has no context manager to install.", {
      details: { feature: "contextManager" },
    });
  }
  const manager = await contextManager();
  // Somebody may have been faster, and asking twice is an error that the API would report.
  if (!hasContextManager()) context.setGlobalContextManager(manager);
}

/** The API does not tell; but only with one does anything become active. */
function hasContextManager(): boolean {
  const key = createContextKey("codex-otel.probe");
  const isActive = () => context.active().getValue(key) === true;
  return context.with(ROOT_CONTEXT.setValue(key, true), isActive);
}
