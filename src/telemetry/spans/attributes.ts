/**
 * Attributes of spans from the metadata of events. The names are those of the GenAI conventions
 * (v1.41, or the newest ones) and the `codex.*` names of this SDK.
 * @module
 */
import type {
  ApprovalMetadata,
  ErrorSummary,
  McpMetadata,
  RunMetadata,
  TelemetryEvent,
  TelemetryEventMap,
  TokenCounts,
  ToolEndMetadata,
  ToolMetadata,
} from "../../events/catalogue.ts";
import type { SemconvMode } from "../options.ts";
import type {
  ApprovalAttributes,
  IdentityAttributes,
  OutcomeAttributes,
  SpanEventMap,
  ToolAttributes,
  TurnAttributes,
  UsageAttributes,
} from "./attribute_names.ts";
import { errorTypeOf } from "./error_type.ts";
import { executableOf } from "./executable.ts";

type StartMetadata = TelemetryEventMap["codex.thread.start"]["metadata"];
type EndMetadata = TelemetryEvent<"codex.thread.stop" | "codex.thread.exception">["metadata"];

/** Marks a span that was still open when its turn, or the pipeline, ended. */
export const UNFINISHED: OutcomeAttributes = { "codex.unfinished": true };

/** What a turn span says from its start. */
export function turnStartAttributes(metadata: StartMetadata): TurnAttributes {
  return {
    "gen_ai.operation.name": "invoke_agent",
    "gen_ai.provider.name": "openai",
    "gen_ai.agent.name": "codex",
    "gen_ai.request.model": metadata.model,
    "server.address": metadata.server_address,
    "server.port": metadata.server_port,
    "codex.originator": metadata.originator,
    "codex.transport": metadata.transport,
    "codex.workflow": metadata.workflow,
    "codex.group": metadata.group,
    "codex.trace_id": metadata.trace_id,
    "codex.trace.sensitive_data": metadata.trace_sensitive,
    "codex.conversation.id": metadata.conversation_id,
    ...identityAttributes(metadata),
  };
}

/** Who a run is, as far as it is known. */
export function identityAttributes(
  { thread_id, turn_id, source, labels = {} }: RunMetadata,
): IdentityAttributes {
  return {
    "gen_ai.conversation.id": thread_id,
    "codex.thread.id": thread_id,
    "codex.turn.id": turn_id,
    "codex.source": typeof source === "object" ? JSON.stringify(source) : source,
    ...prefixed("codex.labels.", labels),
  };
}

/** What a turn span says at its end. */
export function turnEndAttributes(
  metadata: EndMetadata,
  { durationMs, mode }: { durationMs: number; mode: SemconvMode },
): TurnAttributes {
  return {
    "codex.thread.result": metadata.result,
    "codex.thread.early_exit": "early_exit" in metadata ? metadata.early_exit : undefined,
    "codex.duration_ms": durationMs,
    "gen_ai.response.model": "response_model" in metadata ? metadata.response_model : undefined,
    ...identityAttributes(metadata),
    ...usageAttributes(metadata.usage, mode),
    ...errorAttributes(metadata.error),
  };
}

/** What a turn used, and nothing else: a backend sums these over spans. */
export function usageAttributes(
  usage: TokenCounts | undefined,
  mode: SemconvMode,
): UsageAttributes {
  const cacheWrite = mode === "default"
    ? "gen_ai.usage.cache_creation.input_tokens"
    : "gen_ai.usage.cache_write.input_tokens";
  return {
    "gen_ai.usage.input_tokens": usage?.input_tokens,
    "gen_ai.usage.output_tokens": usage?.output_tokens,
    "gen_ai.usage.cache_read.input_tokens": usage?.cached_input_tokens,
    [cacheWrite]: usage?.cache_write_input_tokens,
    "gen_ai.usage.reasoning.output_tokens": usage?.reasoning_output_tokens,
  };
}

/** The class of an error. */
export function errorAttributes(error: ErrorSummary | undefined): OutcomeAttributes {
  return error ? { "error.type": errorTypeOf(error.code) } : {};
}

/** What every tool span says. */
export function toolAttributes(tool: { tool: string; call_id: string }): ToolAttributes {
  return {
    "gen_ai.operation.name": "execute_tool",
    "gen_ai.tool.name": tool.tool,
    "gen_ai.tool.type": "function",
    "gen_ai.tool.call.id": tool.call_id,
  };
}

/** The name and the first attributes of the span of a tool call; a command's name its executable. */
export function toolStart(tool: ToolMetadata): { name: string; attributes: ToolAttributes } {
  const name = `execute_tool ${tool.tool}`;
  const executable = tool.tool_type === "command" ? executableOf(tool.input) : undefined;
  if (executable === undefined) return { name, attributes: toolAttributes(tool) };
  const attributes = { ...toolAttributes(tool), "process.executable.name": executable };
  return { name: `${name} ${executable}`, attributes };
}

/** What the span of a tool call says at its end. */
export function toolEndAttributes(
  tool: ToolEndMetadata,
  error: ErrorSummary | undefined,
): ToolAttributes {
  return {
    "process.exit.code": tool.exit_code,
    ...errorAttributes(error),
    ...(error?.code === "turn_ended" ? UNFINISHED : {}),
  };
}

/** What the span of an MCP call says beside what every tool span says. */
export function mcpAttributes(mcp: McpMetadata): ToolAttributes {
  return {
    "mcp.method.name": "tools/call",
    "codex.mcp.server.name": mcp.server_name,
    "codex.mcp.attempt": mcp.attempt,
  };
}

/** How an approval ended. Nobody has decided one that timed out, whatever the agent was told. */
export function decisionOf(
  { name, metadata }: TelemetryEvent<
    "codex.approval.approved" | "codex.approval.denied" | "codex.approval.timeout"
  >,
): string {
  const outcome = name.slice("codex.approval.".length);
  return outcome === "timeout" ? outcome : metadata.decision ?? outcome;
}

/** What the span of an approval says. */
export function approvalAttributes(approval: ApprovalMetadata): ApprovalAttributes {
  return {
    "codex.approval.kind": approval.kind,
    "codex.approval.decision": approval.decision,
    "codex.tool.name": approval.tool,
    "codex.tool.call_id": approval.call_id,
  };
}

/** Counts of a token update, on its span event. Names of their own: nothing may be summed twice. */
export function tokenUpdateAttributes(
  { usage, delta, context_window }: TelemetryEventMap[
    "codex.thread.token_usage.updated"
  ]["metadata"],
): SpanEventMap["codex.thread.token_usage.updated"] {
  return {
    ...prefixed("codex.usage.total.", usage),
    ...prefixed("codex.usage.delta.", delta ?? {}),
    "codex.context_window": context_window,
  };
}

/** What the span event of a warning says. */
export function warningAttributes(
  { kind, message, code, http_status }: TelemetryEventMap["codex.turn.warning"]["metadata"],
): SpanEventMap["codex.turn.warning"] {
  return {
    "codex.warning.kind": kind,
    "codex.warning.message": message,
    "codex.warning.code": code,
    "http.response.status_code": http_status,
  };
}

/** The value as text, JSON where it is no string. */
export function asText(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value) ?? "";
}

function prefixed<P extends string, V>(
  prefix: P,
  values: Readonly<Record<string, V>>,
): Record<`${P}${string}`, V> {
  const entries = Object.entries(values).map(([key, value]) => [prefix + key, value] as const);
  return Object.fromEntries(entries) as Record<`${P}${string}`, V>;
}
