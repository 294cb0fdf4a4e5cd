import { BaseCodex } from "../../src/core/codex.ts";
import { transportFactory } from "../../src/core/transports.ts";
import type { CodexOptions } from "../../src/core/options.ts";
import type { RuntimeLoader } from "../../src/core/ports.ts";
import { ProcessRegistry } from "../../src/core/processes.ts";
import { EventBus } from "../../src/events/bus.ts";
import { loadRuntime } from "../../src/runtime/detect.ts";
import { captureEvents, type EventCapture } from "../../src/testing/mod.ts";

/** A `Codex` with a bus and a registry of its own, so that tests do not see each other. */
export interface Engine {
  codex: BaseCodex;
  bus: EventBus;
  registry: ProcessRegistry;
  /** Every telemetry event since the start. */
  capture: EventCapture;
}

/** Creates an engine on the running runtime, unless it is given another one. */
export function createEngine(
  options: CodexOptions = {},
  platform: { loadRuntime: RuntimeLoader } = { loadRuntime },
): Engine {
  const bus = new EventBus();
  const registry = new ProcessRegistry();
  const capture = captureEvents(bus);
  const codex = new BaseCodex(options, {
    createTransport: transportFactory({ ...platform, registry }),
    telemetry: bus,
  });
  return { codex, bus, registry, capture };
}
