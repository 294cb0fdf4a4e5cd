/**
 * Items of the app-server in the shapes of `codex exec --json`.
 * @module
 */
import { asFields, type Fields, isFields, numberField, stringField } from "../fields.ts";
import type { ThreadItem } from "../items.ts";
import { itemKind } from "../kinds.ts";
import { snakeFields } from "./names.ts";

/** What an item of one type has, beside its own fields in snake_case. */
type ItemReader = (item: Fields) => Record<string, unknown>;

const READERS: ReadonlyMap<string, ItemReader> = new Map(Object.entries<ItemReader>({
  agent_message: (item) => ({ text: stringField(item, "text") ?? "" }),
  reasoning: (item) => ({ text: reasoningText(item) }),
  command_execution: (item) => ({
    aggregated_output: stringField(item, "aggregatedOutput") ?? "",
    exit_code: numberField(item, "exitCode") ?? null,
    ...officialStatus(item),
  }),
  file_change: (item) => ({ changes: convertChanges(item["changes"]), ...officialStatus(item) }),
  mcp_tool_call: (item) => ({
    arguments: item["arguments"] ?? null,
    result: mcpResult(item["result"]),
    error: isFields(item["error"]) ? item["error"] : null,
    ...officialStatus(item),
  }),
  dynamic_tool_call: officialStatus,
  web_search: (item) => ({
    query: stringField(item, "query") ?? "",
    action: searchAction(item["action"]),
  }),
  // Exec's name for it is shorter.
  collab_agent_tool_call: (item) => ({
    type: "collab_tool_call",
    tool: itemKind(stringField(item, "tool") ?? ""),
    ...officialStatus(item),
  }),
}));

/**
 * The item as exec prints it, with the server's id, and with what the server tells beyond that
 * under snake_case names; an item of a type that exec has not keeps all it has, in those names.
 */
export function convertItem(item: Fields): ThreadItem {
  const type = itemKind(stringField(item, "type") ?? "unknown");
  const read = READERS.get(type) ?? officialStatus;
  const converted = { ...snakeFields(item), type, ...read(item) };
  return converted as unknown as ThreadItem;
}

/** The changes of a patch, each with its diff and, for a file that moved, where to. */
export function convertChanges(changes: unknown): Record<string, unknown>[] {
  if (!Array.isArray(changes)) return [];
  return changes.filter(isFields).map((change) => {
    const kind = asFields(change["kind"]);
    const movePath = stringField(kind, "move_path");
    return {
      ...change,
      kind: stringField(kind, "type") ?? change["kind"],
      ...(movePath === undefined ? {} : { move_path: movePath }),
    };
  });
}

/** The parts of a summary, as exec joins them. */
export function joinSummary(parts: readonly unknown[]): string {
  return parts.filter((part) => typeof part === "string").join("\n");
}

/** Whether exec leaves the item out: reasoning without a summary. */
export function isBlankReasoning(item: Fields): boolean {
  return item["type"] === "reasoning" && reasoningText(item).trim() === "";
}

function reasoningText(item: Fields): string {
  return Array.isArray(item["summary"]) ? joinSummary(item["summary"]) : "";
}

/** Exec's status has no `declined`: what was declined failed. */
function officialStatus(item: Fields): Record<string, unknown> {
  const status = stringField(item, "status");
  if (status === undefined) return {};
  if (status === "declined") return { status: "failed", declined: true };
  return { status: itemKind(status) };
}

function mcpResult(result: unknown): Record<string, unknown> | null {
  if (!isFields(result)) return null;
  const meta = result["_meta"];
  return {
    content: result["content"] ?? [],
    structured_content: result["structuredContent"] ?? null,
    ...(meta === undefined || meta === null ? {} : { _meta: meta }),
  };
}

function searchAction(action: unknown): Record<string, unknown> {
  if (!isFields(action)) return { type: "other" };
  return { ...snakeFields(action), type: itemKind(stringField(action, "type") ?? "other") };
}
