/**
 * Which items are tool calls, and what they say, in one shape.
 * @module
 */
import { asFields, type Fields, numberField, stringField } from "./fields.ts";
import { itemKind } from "./kinds.ts";

/** A tool call as an item tells it. */
export interface ToolCall {
  id: string;
  tool: string;
  type: "command" | "mcp" | "dynamic" | "file_change" | "web_search";
  /** The command line, the arguments, the query or the changes. */
  input: unknown;
  /** Name of the MCP server, for an MCP call. */
  server?: string;
}

/** Why a tool call failed. */
export type ToolFailureCode =
  | "command_failed"
  | "patch_failed"
  | "mcp_tool_failed"
  | "dynamic_tool_failed"
  | "web_search_failed"
  | "declined"
  | "turn_ended";

/** How a tool call ended. */
export interface ToolOutcome {
  output?: unknown;
  exitCode?: number;
  error?: { code: ToolFailureCode; message: string };
  /** When the CLI says that it ended, Unix epoch in milliseconds. */
  completedAtMs?: number;
}

/** How the items of one kind are read. */
interface ToolReader {
  type: ToolCall["type"];
  tool(item: Fields): string;
  input(item: Fields): unknown;
  output(item: Fields): unknown;
  /** Why it failed; undefined when it did not. */
  failure(item: Fields): ToolOutcome["error"];
}

/** By item type. The tool names of the first two are those that the CLI (0.169) gives the model. */
const READERS: ReadonlyMap<string, ToolReader> = new Map(Object.entries<ToolReader>({
  command_execution: {
    type: "command",
    tool: () => "exec_command",
    input: (item) => item["command"],
    output: (item) => item["aggregated_output"] ?? item["aggregatedOutput"],
    failure: commandFailure,
  },
  file_change: {
    type: "file_change",
    tool: () => "apply_patch",
    input: (item) => item["changes"],
    output: () => undefined,
    failure: (item) => statusFailure(item, "patch_failed"),
  },
  mcp_tool_call: {
    type: "mcp",
    tool: toolName,
    input: (item) => item["arguments"],
    output: (item) => item["result"] ?? undefined,
    failure: (item) => statusFailure(item, "mcp_tool_failed"),
  },
  dynamic_tool_call: {
    type: "dynamic",
    tool: toolName,
    input: (item) => item["arguments"],
    output: (item) => item["content_items"] ?? item["contentItems"] ?? undefined,
    failure: (item) => statusFailure(item, "dynamic_tool_failed"),
  },
  web_search: {
    type: "web_search",
    tool: () => "web_search",
    input: (item) => item["query"],
    output: () => undefined,
    failure: (item) => statusFailure(item, "web_search_failed"),
  },
}));

const READERS_BY_TYPE: ReadonlyMap<ToolCall["type"], ToolReader> = new Map(
  Array.from(READERS.values(), (reader) => [reader.type, reader]),
);

/** The tool call that an item is; undefined for an item of another kind. */
export function toolCallOf(item: Fields): ToolCall | undefined {
  const reader = readerOf(item);
  if (!reader) return undefined;
  const call: ToolCall = {
    id: stringField(item, "id") ?? "",
    tool: reader.tool(item),
    type: reader.type,
    input: reader.input(item),
  };
  const server = reader.type === "mcp" ? stringField(item, "server") : undefined;
  if (server !== undefined) call.server = server;
  return call;
}

/** How the tool call of a completed item ended; `type` saves looking it up again. */
export function toolOutcomeOf(item: Fields, type?: ToolCall["type"]): ToolOutcome {
  const reader = type ? READERS_BY_TYPE.get(type) : readerOf(item);
  const outcome: ToolOutcome = {};
  const output = reader?.output(item);
  const exitCode = exitCodeOf(item);
  const error = reader?.failure(item);
  if (output !== undefined) outcome.output = output;
  if (exitCode !== undefined) outcome.exitCode = exitCode;
  if (error !== undefined) outcome.error = error;
  const completedAtMs = numberField(item, "completed_at_ms");
  if (completedAtMs !== undefined) outcome.completedAtMs = completedAtMs;
  return outcome;
}

function readerOf(item: Fields): ToolReader | undefined {
  const type = item["type"];
  if (typeof type !== "string") return undefined;
  return READERS.get(itemKind(type));
}

function toolName(item: Fields): string {
  return stringField(item, "tool", "name") ?? "unknown";
}

function exitCodeOf(item: Fields): number | undefined {
  return numberField(item, "exit_code", "exitCode");
}

function commandFailure(item: Fields): ToolOutcome["error"] {
  const exitCode = exitCodeOf(item);
  if (exitCode !== undefined && exitCode !== 0) {
    return { code: "command_failed", message: `The command exited with code ${exitCode}.` };
  }
  return statusFailure(item, "command_failed");
}

function statusFailure(item: Fields, code: ToolFailureCode): ToolOutcome["error"] {
  const status = item["status"];
  const message = stringField(asFields(item["error"]), "message");
  // Two producers' ways to say the same: as a status, and beside exec's own status.
  if (status === "declined" || item["declined"] === true) {
    return { code: "declined", message: message ?? "It was declined." };
  }
  if (status !== "failed" && message === undefined) return undefined;
  return { code, message: message ?? "It failed." };
}
