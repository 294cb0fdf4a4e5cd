import type { EventBus } from "../events/bus.ts";
import type { ExportObserver } from "../otlp/observer.ts";

/** Announces on the bus what becomes of exported data. */
export function observeExports(bus: EventBus): ExportObserver {
  return {
    failure({ signal, count, reason, status }) {
      bus.emit("codex.telemetry.export.failure", { count }, {
        originator: "sdk",
        signal,
        reason,
        ...(status === undefined ? {} : { status }),
      });
    },
    dropped({ signal, count, reason }) {
      bus.emit("codex.telemetry.export.dropped", { count }, { originator: "sdk", signal, reason });
    },
  };
}
