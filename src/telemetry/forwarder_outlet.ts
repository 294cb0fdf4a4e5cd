import type { Forwarder } from "./forwarder.ts";
import type { Outlet } from "./outlet.ts";

/** What an outlet does by its forwarder. */
export function forwarderOutlet<Item>(
  forwarder: Forwarder<Item>,
): Required<Pick<Outlet, "hold" | "release" | "flush" | "shutdown">> {
  return {
    hold: () => forwarder.hold(),
    release: () => forwarder.release(),
    flush: () => forwarder.forceFlush(),
    shutdown: () => forwarder.shutdown(),
  };
}
