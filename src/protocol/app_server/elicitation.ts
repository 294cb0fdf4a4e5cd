/**
 * Questions of MCP servers, and of the CLI about their tools.
 * @module
 */
import { asFields, type Fields, isFields, stringField } from "../fields.ts";
import type { ThreadItem } from "../items.ts";
import type { ApprovalCall, ApprovalVerdict } from "./approval_call.ts";
import { turnIdOf } from "./names.ts";
import type { McpServerElicitationRequestResponse } from "./types.ts";

/** An MCP server asks something, or the CLI asks whether one of its tools may run. */
export interface ElicitationApproval extends ApprovalCall {
  /** Tells the requests apart. */
  kind: "elicitation";
  /** Name of the MCP server. */
  server: string;
  /** What is asked, for a person to read. */
  message: string;
  /** How it is asked: `form`, `url`, or a mode of the app-server's own. */
  mode: string;
  /** Whether it asks for leave to run `tool`, not for content. */
  isToolApproval: boolean;
  /** What the tool would be called with, when it asks for leave. */
  arguments?: unknown;
  /** The JSON schema of the form. */
  schema?: Readonly<Record<string, unknown>>;
  /** The page that the user is asked to visit. */
  url?: string;
  /**
   * Whether the form wants answers that it has no defaults for. An approval cannot give them, so
   * that allowing such a form declines it.
   */
  needsContent: boolean;
}

/** The field of `_meta` in which the CLI (0.169) says what it asks for itself. */
const APPROVAL_KIND = "codex_approval_kind";

/** Reads a `mcpServer/elicitation/request`. */
export function readElicitation(
  params: Fields,
  openItems: readonly ThreadItem[],
): ElicitationApproval {
  const meta = asFields(params["_meta"]);
  const server = stringField(params, "serverName") ?? "unknown";
  const isToolApproval = meta[APPROVAL_KIND] === "mcp_tool_call";
  const call = openCall(server, openItems);
  const schema = params["requestedSchema"];
  const url = stringField(params, "url");
  return {
    kind: "elicitation",
    callId: call?.id ?? stringField(params, "elicitationId") ?? "",
    threadId: stringField(params, "threadId") ?? "",
    turnId: turnIdOf(params) ?? "",
    tool: (isToolApproval ? stringField(meta, "tool_name") : call?.tool) ?? server,
    server,
    message: stringField(params, "message", "description") ?? "",
    mode: stringField(params, "mode") ?? "unknown",
    isToolApproval,
    ...(isToolApproval && meta["tool_params"] !== undefined
      ? { arguments: meta["tool_params"] }
      : {}),
    ...(isFields(schema) ? { schema } : {}),
    ...(url === undefined ? {} : { url }),
    needsContent: contentOf(schema) === undefined,
  };
}

/** The answer to a `mcpServer/elicitation/request`. */
export function elicitationResponse(
  request: ElicitationApproval,
  verdict: ApprovalVerdict,
): McpServerElicitationRequestResponse {
  if (verdict === "deny" || request.needsContent) {
    return { action: "decline", content: null, _meta: null };
  }
  const content = request.schema ? contentOf(request.schema) : null;
  const isForSession = verdict === "allow-session" && request.isToolApproval;
  return { action: "accept", content, _meta: isForSession ? { persist: "session" } : null };
}

/** The tool call during which a server asks; of several calls, the one that began last. */
function openCall(server: string, openItems: readonly ThreadItem[]) {
  return openItems
    .filter((item) => item.type === "mcp_tool_call")
    .findLast((item) => item.server === server);
}

/** A form filled in with its defaults; undefined when a required answer has none. */
function contentOf(schema: unknown): Record<string, unknown> | undefined {
  const { properties, required } = asFields(schema);
  const content: Record<string, unknown> = {};
  for (const [name, property] of Object.entries(asFields(properties))) {
    const preset = asFields(property)["default"];
    if (preset !== undefined) content[name] = preset;
  }
  const isComplete = !Array.isArray(required) ||
    required.every((name) => Object.hasOwn(content, String(name)));
  return isComplete ? content : undefined;
}
