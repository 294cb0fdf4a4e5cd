import type { Usage } from "../protocol/usage.ts";

/** An output item of the Responses API, as it goes over the wire. */
export interface ModelOutputItem {
  /** Such as `message` or `function_call`. */
  type: string;
  /** By type, as the API has them. */
  [field: string]: unknown;
}

/** What every reply may say beside its content. */
export interface ReplyOptions {
  /** Token counts of this one request; those not given are of {@linkcode DEFAULT_REPLY_USAGE}. */
  usage?: Partial<Usage>;
  /** Wait before the answer, in milliseconds. */
  delayMs?: number;
}

/** The model answers with items: messages, calls of tools, reasoning. */
export interface OutputReply extends ReplyOptions {
  /** Tells the replies apart. */
  type: "output";
  /** In the order of the wire. */
  items: readonly ModelOutputItem[];
}

/** The model says that it failed (`response.failed`). */
export interface FailedReply extends ReplyOptions {
  /** Tells the replies apart. */
  type: "failed";
  /** Error code of the API. */
  code: string;
  /** Error text of the API. */
  message: string;
}

/** The server answers with an HTTP status instead of a stream. */
export interface HttpReply extends ReplyOptions {
  /** Tells the replies apart. */
  type: "http";
  /** HTTP status. */
  status: number;
  /** HTTP headers. */
  headers?: Record<string, string>;
  /** Sent as it is. */
  body?: string;
}

/** The connection breaks after some items, before the answer is complete. */
export interface CutReply extends ReplyOptions {
  /** Tells the replies apart. */
  type: "cut";
  /** In the order of the wire. */
  items: readonly ModelOutputItem[];
}

/** One answer of a scripted model. Make it with {@linkcode reply}. */
export type ModelReply = OutputReply | FailedReply | HttpReply | CutReply;

/** The token counts of a reply that names none. */
export const DEFAULT_REPLY_USAGE: Usage = {
  input_tokens: 100,
  cached_input_tokens: 0,
  cache_write_input_tokens: 0,
  output_tokens: 10,
  reasoning_output_tokens: 0,
};

/** More has no effect, says the tool's own description (codex-cli 0.169.0). */
const MAX_WAIT_MS = 30_000;

let calls = 0;
const nextId = (prefix: string): string => `${prefix}_${++calls}`;

const messageItem = (text: string): ModelOutputItem => ({
  type: "message",
  role: "assistant",
  id: nextId("msg"),
  content: [{ type: "output_text", text }],
});

/** Where and how {@linkcode reply}`.command()` runs its command. */
export interface CommandReplyOptions extends ReplyOptions {
  /** Folder to run in; the thread's own by default. */
  workingDirectory?: string;
  /** Whether the shell reads the user's profile, which costs time and may print. False by default. */
  login?: boolean;
  /**
   * How long the agent waits for the command before it goes on without its end, in milliseconds:
   * 250 to 30 000, the default.
   */
  waitMs?: number;
  /** Made up by default. */
  callId?: string;
}

/** How {@linkcode reply}`.tool()` calls its tool. */
export interface ToolReplyOptions extends ReplyOptions {
  /** Made up by default. */
  callId?: string;
  /** Namespace of the tool; the CLI lists the tools of an MCP server under `mcp__SERVER`. */
  namespace?: string;
}

function callItem(
  name: string,
  args: unknown,
  options: { callId?: string; namespace?: string },
): ModelOutputItem {
  const { callId = nextId("call"), namespace } = options;
  return {
    type: "function_call",
    id: nextId("fc"),
    call_id: callId,
    name,
    ...(namespace === undefined ? {} : { namespace }),
    arguments: JSON.stringify(args),
  };
}

const output = (items: readonly ModelOutputItem[], options: ReplyOptions = {}): OutputReply => ({
  ...common(options),
  type: "output",
  items,
});

function common({ usage, delayMs }: ReplyOptions): ReplyOptions {
  return {
    ...(usage === undefined ? {} : { usage }),
    ...(delayMs === undefined ? {} : { delayMs }),
  };
}

function command(cmd: string, options: CommandReplyOptions = {}): OutputReply {
  const { workingDirectory, login = false, waitMs = MAX_WAIT_MS } = options;
  const args = {
    cmd,
    ...(workingDirectory === undefined ? {} : { workdir: workingDirectory }),
    login,
    yield_time_ms: waitMs,
  };
  return output([callItem("exec_command", args, options)], options);
}

/** The answers that a model can give, for the script of `scriptedModel()`. */
export interface ReplyMakers {
  /** A message. It ends the turn. */
  message(text: string, options?: ReplyOptions): OutputReply;
  /** A shell command for the agent to run (`exec_command`). */
  command(command: string, options?: CommandReplyOptions): OutputReply;
  /** A patch in the `*** Begin Patch` format, applied by `apply_patch` as a heredoc. */
  patch(patch: string, options?: CommandReplyOptions): OutputReply;
  /** A call of any tool that the CLI offers to the model, with arguments to be written as JSON. */
  tool(name: string, args: unknown, options?: ToolReplyOptions): OutputReply;
  /** Any items of the Responses API. */
  output(items: readonly ModelOutputItem[], options?: ReplyOptions): OutputReply;
  /** The model fails (`response.failed`). */
  failure(message: string, options?: ReplyOptions & { code?: string }): FailedReply;
  /** An HTTP status in place of a stream. */
  http(
    status: number,
    options?: ReplyOptions & { headers?: Record<string, string>; body?: string },
  ): HttpReply;
  /** A connection that breaks after a message, or before anything. */
  cut(text?: string, options?: ReplyOptions): CutReply;
}

/**
 * Makes the answers of a scripted model.
 *
 * @example A script of four answers
 * ```ts
 * import { reply } from "@codex-otel/sdk/testing";
 * import assert from "node:assert/strict";
 *
 * const script = [
 *   reply.command("npm test"),
 *   reply.patch("*** Begin Patch\n*** Add File: a.txt\n+a\n*** End Patch"),
 *   reply.http(503),
 *   reply.message("Done.", { usage: { input_tokens: 1200, output_tokens: 30 } }),
 * ];
 * assert.deepEqual(script.map(({ type }) => type), ["output", "output", "http", "output"]);
 * ```
 */
export const reply: ReplyMakers = {
  message: (text, options = {}) => output([messageItem(text)], options),
  command,
  patch: (patch, options = {}) => command(`apply_patch <<'PATCH'\n${patch}\nPATCH\n`, options),
  tool: (name, args, options = {}) => output([callItem(name, args, options)], options),
  output,
  failure: (message, options = {}) => ({
    ...common(options),
    type: "failed",
    code: options.code ?? "server_error",
    message,
  }),
  http: (status, options = {}) => ({
    ...common(options),
    type: "http",
    status,
    ...(options.headers === undefined ? {} : { headers: options.headers }),
    ...(options.body === undefined ? {} : { body: options.body }),
  }),
  cut: (text, options = {}) => ({
    ...common(options),
    type: "cut",
    items: text === undefined ? [] : [messageItem(text)],
  }),
};
