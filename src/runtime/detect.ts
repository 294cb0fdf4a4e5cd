/**
 * Picks the adapter of the running runtime.
 * @module
 */
import { CodexError } from "../errors.ts";
import type { Runtime } from "../core/ports.ts";

let loaded: Promise<Runtime> | undefined;

/**
 * The adapter of the running runtime, loaded on first use. Deno and Bun come before Node, because
 * both also look like Node.
 *
 * @throws {CodexError} `unsupported` where there is none, as on edge runtimes.
 */
export function loadRuntime(): Promise<Runtime> {
  return loaded ??= importRuntime();
}

async function importRuntime(): Promise<Runtime> {
  const world = globalThis as { Deno?: unknown; Bun?: unknown; process?: { versions?: unknown } };
  if (world.Deno) return (await import("./deno.ts")).runtime;
  if (world.Bun) return (await import("./bun.ts")).runtime;
  if (world.process?.versions) return (await import("./node.ts")).runtime;
  throw new CodexError(
    "unsupported",
    "This runtime cannot start processes. Use a remote app-server: { transport: { url, token } }.",
    { details: { feature: "child processes" } },
  );
}
