import type { ContextManager } from "@opentelemetry/api";

/** Keeps track of what is active across `await`, by `AsyncLocalStorage`, which all three have. */
export async function createContextManager(): Promise<ContextManager> {
  const { AsyncLocalStorageContextManager } = await import("@opentelemetry/context-async-hooks");
  return new AsyncLocalStorageContextManager().enable();
}
