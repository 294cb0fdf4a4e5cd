import { findCli, type FoundCli } from "./cli_lookup.ts";
import type { Runtime } from "./ports.ts";

/** Finds the CLI for the environment that it will get. */
export type CliFinder = (
  runtime: Runtime,
  env: Readonly<Record<string, string>>,
) => Promise<FoundCli>;

/** Makes a finder that looks once. A failure is not kept: the CLI may be installed meanwhile. */
export function createCliFinder(codexPathOverride: string | undefined): CliFinder {
  let found: Promise<FoundCli> | undefined;
  return (runtime, env) => {
    found ??= findCli(runtime, { ...(codexPathOverride ? { codexPathOverride } : {}), env })
      .catch((error) => {
        found = undefined;
        throw error;
      });
    return found;
  };
}
