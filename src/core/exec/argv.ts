/**
 * The command line of `codex exec`.
 * @module
 */
import type { CodexOptions, ThreadOptions, TurnOptions } from "../options.ts";
import { flattenConfig, toTomlValue } from "../toml.ts";

/** All that the command line depends on. */
export interface ExecArgvInput {
  codex: Pick<CodexOptions, "config" | "configOverrides" | "baseUrl">;
  /** More overrides, which win over those. */
  overrides?: readonly string[];
  thread: ThreadOptions;
  turn: Pick<TurnOptions, "cyberAccessProgram">;
  /** The thread to resume. */
  threadId: string | null;
  images: readonly string[];
  /** Path of the file that holds the output schema. */
  outputSchemaFile?: string;
}

/**
 * The arguments for one turn, in the official SDK's order (`@openai/codex-sdk` 0.163), which
 * decides who wins: `config`, then `configOverrides`, then what the SDK's own options set.
 *
 * @throws {CodexError} `invalid_config` for a config override that TOML cannot express.
 */
export function execArgv(input: ExecArgvInput): string[] {
  const { thread, threadId } = input;
  const isNew = !threadId;
  return [
    "exec",
    "--experimental-json",
    ...configArgs(input.codex, input.overrides),
    ...option("--model", thread.model),
    ...(isNew && thread.threadSource !== undefined ? ["--thread-source", thread.threadSource] : []),
    ...option("--sandbox", thread.sandboxMode),
    ...option("--cd", thread.workingDirectory),
    ...repeated("--add-dir", thread.additionalDirectories),
    ...(thread.skipGitRepoCheck ? ["--skip-git-repo-check"] : []),
    ...option("--output-schema", input.outputSchemaFile),
    ...(input.turn.cyberAccessProgram === undefined
      ? []
      : ["--cyber-access-program", input.turn.cyberAccessProgram]),
    ...repeated("--config", threadConfig(thread)),
    ...(threadId ? ["resume", threadId] : []),
    ...repeated("--image", input.images),
  ];
}

/** The `--config` arguments that every way of starting the CLI has; those of `more` win. */
export function configArgs(
  codex: ExecArgvInput["codex"],
  more: readonly string[] = [],
): string[] {
  const overrides = [
    ...(codex.config ? flattenConfig(codex.config) : []),
    ...(codex.configOverrides ?? []),
  ];
  if (codex.baseUrl) {
    overrides.push(`openai_base_url=${toTomlValue(codex.baseUrl, "openai_base_url")}`);
  }
  return repeated("--config", [...overrides, ...more]);
}

function threadConfig(thread: ThreadOptions): string[] {
  const overrides: string[] = [];
  if (thread.modelReasoningEffort) {
    overrides.push(`model_reasoning_effort="${thread.modelReasoningEffort}"`);
  }
  if (thread.networkAccessEnabled !== undefined) {
    overrides.push(`sandbox_workspace_write.network_access=${thread.networkAccessEnabled}`);
  }
  const webSearch = webSearchMode(thread);
  if (webSearch) overrides.push(`web_search="${webSearch}"`);
  if (thread.approvalPolicy) overrides.push(`approval_policy="${thread.approvalPolicy}"`);
  return overrides;
}

/** What the two options for web searches come to. */
export function webSearchMode(thread: ThreadOptions): string | undefined {
  if (thread.webSearchMode) return thread.webSearchMode;
  if (thread.webSearchEnabled === undefined) return undefined;
  return thread.webSearchEnabled ? "live" : "disabled";
}

function option(name: string, value: string | undefined): string[] {
  return value ? [name, value] : [];
}

function repeated(name: string, values: readonly string[] = []): string[] {
  return values.flatMap((value) => [name, value]);
}
