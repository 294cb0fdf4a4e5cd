/**
 * Requests to the app-server from what callers ask for: docs/app-server.md has the table.
 * @module
 */
import type {
  CyberAccessProgram,
  DynamicToolSpec,
  ThreadResumeParams,
  ThreadStartParams,
  TurnStartParams,
  UserInput,
} from "../../protocol/app_server/types.ts";
import { isFields } from "../../protocol/fields.ts";
import { webSearchMode } from "../exec/argv.ts";
import type { CodexOptions, ThreadOptions } from "../options.ts";
import { flattenConfig } from "../toml.ts";
import type { Tool } from "../tools/tool.ts";
import type { TurnRequest } from "../turn_request.ts";

/** What a thread's parameters depend on beside its own options. */
export interface ThreadParamsContext {
  /** What is not on the server's command line. */
  codex: Pick<CodexOptions, "config" | "baseUrl">;
  /** Tools that run here. A thread keeps those that it was started with; a resume cannot set them. */
  dynamicTools?: readonly Tool[] | undefined;
}

/**
 * Parameters of `thread/start`.
 * @throws {CodexError} `invalid_config` for a config override that the CLI could not be given.
 */
export function threadStartParams(
  thread: ThreadOptions,
  { codex, dynamicTools }: ThreadParamsContext,
): ThreadStartParams {
  return {
    ...commonParams(thread, codex),
    ...given("threadSource", thread.threadSource),
    ...(dynamicTools?.length ? { dynamicTools: dynamicTools.map(toolSpec) } : {}),
  };
}

/**
 * Parameters of `thread/resume`. The server ignores all but the id for a thread that is loaded, until
 * `thread/unsubscribe`.
 * @throws {CodexError} `invalid_config` for a config override that the CLI could not be given.
 */
export function threadResumeParams(
  threadId: string,
  thread: ThreadOptions,
  { codex }: Pick<ThreadParamsContext, "codex">,
): ThreadResumeParams {
  return { threadId, ...commonParams(thread, codex), excludeTurns: true };
}

/** Parameters of `turn/start`. */
export function turnStartParams(
  threadId: string,
  request: Pick<TurnRequest, "prompt" | "images" | "turn">,
): TurnStartParams {
  const { outputSchema, cyberAccessProgram } = request.turn;
  return {
    threadId,
    input: userInput(request.prompt, request.images),
    ...given("outputSchema", outputSchema),
    ...given("cyberAccessProgram", cyberAccessProgram && CYBER_PROGRAMS[cyberAccessProgram]),
  };
}

/** An input as the app-server takes it, for `turn/start` and `turn/steer`. */
export function userInput(prompt: string, images: readonly string[]): UserInput[] {
  return [
    ...(prompt === "" ? [] : [{ type: "text" as const, text: prompt, text_elements: [] }]),
    ...images.map((path) => ({ type: "localImage" as const, path })),
  ];
}

/** The command line has these in snake_case. */
const CYBER_PROGRAMS: Readonly<Record<string, CyberAccessProgram>> = {
  standard: "standard",
  daybreak_blue: "daybreakBlue",
  daybreak_red: "daybreakRed",
};

function commonParams(thread: ThreadOptions, codex: ThreadParamsContext["codex"]) {
  const config = { ...codexConfig(codex), ...threadConfig(thread) };
  return {
    ...given("model", thread.model),
    ...given("cwd", thread.workingDirectory),
    ...given("sandbox", thread.sandboxMode),
    ...given("approvalPolicy", approvalPolicy(thread)),
    ...(Object.keys(config).length === 0 ? {} : { config }),
  };
}

/**
 * Exec never asks, so a thread with nobody to ask is told not to. `on-failure` is what the CLI
 * (0.169) reads as `on-request` in its configuration, and refuses here.
 */
function approvalPolicy(thread: ThreadOptions) {
  if (thread.approvalPolicy === "on-failure") return "on-request";
  return thread.approvalPolicy ?? (thread.approvals === undefined ? "never" : undefined);
}

function codexConfig(codex: ThreadParamsContext["codex"]): Record<string, unknown> {
  // The command line's own check, so that both transports refuse the same.
  if (codex.config) flattenConfig(codex.config);
  return {
    ...(codex.config ? Object.fromEntries(dottedEntries("", codex.config)) : {}),
    ...given("openai_base_url", codex.baseUrl || undefined),
  };
}

/** Dotted keys as on the command line: a nested object beside one would replace what it says. */
function dottedEntries(prefix: string, table: object): [string, unknown][] {
  return Object.entries(table).flatMap(([key, value]): [string, unknown][] => {
    const path = prefix ? `${prefix}.${key}` : key;
    if (value === undefined) return [];
    return isFields(value) && Object.keys(value).length > 0
      ? dottedEntries(path, value)
      : [[path, value]];
  });
}

function threadConfig(thread: ThreadOptions): Record<string, unknown> {
  const directories = thread.additionalDirectories;
  return {
    ...given("model_reasoning_effort", thread.modelReasoningEffort),
    ...given("sandbox_workspace_write.network_access", thread.networkAccessEnabled),
    ...given(
      "sandbox_workspace_write.writable_roots",
      directories?.length ? directories : undefined,
    ),
    ...given("web_search", webSearchMode(thread)),
  };
}

function toolSpec({ name, description, inputSchema }: Tool): DynamicToolSpec {
  return { type: "function", name, description, inputSchema };
}

function given<N extends string, T>(name: N, value: T | undefined): { [name in N]?: T } {
  return (value === undefined ? {} : { [name]: value }) as { [name in N]?: T };
}
