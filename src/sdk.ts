/**
 * The wiring of the package for Node, Bun and Deno.
 * @module
 */
import { BaseCodex } from "./core/codex.ts";
import type { CodexOptions } from "./core/options.ts";
import { ProcessRegistry } from "./core/processes.ts";
import { EventBus } from "./events/bus.ts";
import { loadRuntime } from "./runtime/detect.ts";

/** The shared telemetry instance. */
export const telemetry: EventBus = new EventBus();

/** The processes that this SDK started: `list()` shows them, `stop(pid)` ends one. */
export const processes: ProcessRegistry = new ProcessRegistry();

/**
 * Starts and resumes conversations with the Codex agent.
 */
export class Codex extends BaseCodex {
  /** Creates a `Codex`. The CLI is looked for when the first turn starts. */
  constructor(options: CodexOptions = {}) {
    super(options, { loadRuntime, registry: processes, telemetry });
  }
}
