import type { Outlet } from "./outlet.ts";

/** The end at a provider of the host's: flushed where it can be, and never shut down. */
export function hostOutlet(provider: object): Outlet {
  const flush = async () => {
    if ("forceFlush" in provider && typeof provider.forceFlush === "function") {
      await provider.forceFlush();
    }
  };
  return { mtls: false, lastError: () => undefined, flush, shutdown: flush };
}
