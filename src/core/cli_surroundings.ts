/**
 * What the CLI is started with beside what the caller asks of it.
 * @module
 */
import type { ExportSignal } from "../events/catalogue.ts";
import type { TelemetrySink } from "../events/sink.ts";
import { claimedByConfig, claimedByOverrides } from "./claimed_exporters.ts";
import { type CliJoin, cliJoin } from "./cli_join.ts";
import { hidingOverrides, withoutTelemetry } from "./hidden_variables.ts";
import type { CodexOptions } from "./options.ts";
import type { Runtime } from "./ports.ts";
import { flattenConfig } from "./toml.ts";

/** Where a CLI is started. */
export interface SurroundingsContext {
  options: CodexOptions;
  runtime: Runtime;
  sink: TelemetrySink;
}

/** The CLI's surroundings. */
export interface CliSurroundings {
  /** What its environment begins with. */
  base: Record<string, string>;
  /** `key=value`, for `--config`, after the user's own. */
  overrides: string[];
}

/**
 * The CLI's environment without the settings of telemetry, where it is inherited from this process
 * and not the caller's own; its own export joined, where that is asked for; and overrides that keep
 * what is secret of that from the commands of the agent.
 *
 * @throws {CodexError} `invalid_config`; `unsupported` when the collector is one that the CLI cannot
 * be told of.
 */
export async function cliSurroundings(context: SurroundingsContext): Promise<CliSurroundings> {
  const { options, runtime } = context;
  const given = options.env ?? withoutTelemetry(runtime.env());
  const join = await joinOf(context, given);
  const base = { ...given, ...join.env };
  const overrides = [...join.overrides, ...hidingOverrides({ env: base, apiKey: options.apiKey })];
  return { base, overrides };
}

async function joinOf(
  { options, runtime, sink }: SurroundingsContext,
  env: Readonly<Record<string, string>>,
): Promise<CliJoin> {
  const { cli } = options;
  const isWanted = cli && (cli.traces || cli.metrics || cli.logs);
  const collector = isWanted ? await sink.collector?.() : undefined;
  if (!cli || !collector) return { overrides: [], env: {} };
  const claimed = new Set<ExportSignal>([
    ...claimedByOverrides(userOverrides(options)),
    ...claimedByConfig(await readConfig(runtime, env)),
  ]);
  return cliJoin({ cli, collector, claimed });
}

function userOverrides({ config, configOverrides = [] }: CodexOptions): string[] {
  return [...(config ? flattenConfig(config) : []), ...configOverrides];
}

/** `$CODEX_HOME/config.toml`; one that cannot be read is the CLI's to complain of. */
async function readConfig(
  runtime: Runtime,
  env: Readonly<Record<string, string>>,
): Promise<string> {
  const { join, readTextFile } = runtime.files;
  const home = env["CODEX_HOME"] || join(env["HOME"] || runtime.homeDirectory(), ".codex");
  return await readTextFile(join(home, "config.toml")).catch(() => "");
}
