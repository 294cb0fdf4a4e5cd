/**
 * What each kind of event does to the children of a turn's span.
 * @module
 */
import type { TelemetryEvent, ToolMetadata } from "../../events/catalogue.ts";
import type { CompactionAttributes } from "./attribute_names.ts";
import {
  approvalAttributes,
  decisionOf,
  errorAttributes,
  mcpAttributes,
  toolAttributes,
  toolEndAttributes,
  toolStart,
} from "./attributes.ts";
import type { ChildStart, RunSpans } from "./run_spans.ts";
import { hrTimeOf } from "./time.ts";

/** `codex.tool.start`. */
export function toolStarted(run: RunSpans, event: TelemetryEvent<"codex.tool.start">): void {
  const { metadata, measurements } = event;
  const key = toolKey(metadata);
  const opening = openingOf(run, metadata);
  if (run.ownerOf(key) === "mcp") return run.enrich(key, opening.attributes, "tool");
  run.open(key, { owner: "tool", start: hrTimeOf(measurements.system_time), ...opening });
}

/** `codex.tool.success` and `.failure`. A call whose start was not told began its duration ago. */
export function toolEnded(
  run: RunSpans,
  event: TelemetryEvent<"codex.tool.success" | "codex.tool.failure">,
): void {
  const { metadata, measurements } = event;
  const key = toolKey(metadata);
  if (run.ownerOf(key) === undefined) {
    run.open(key, {
      owner: "tool",
      start: hrTimeOf(measurements.system_time - measurements.duration_ms),
      ...openingOf(run, metadata),
    });
  }
  const error = metadata.error ?? failureOf(event.name);
  run.close(key, {
    at: { duration: measurements.duration },
    attributes: {
      ...toolEndAttributes(metadata, error),
      ...run.content.toolResult(metadata.output),
    },
    error,
  });
}

/** `codex.mcp.tool_call.start`: more about a tool span, or one of its own where there is none. */
export function mcpStarted(
  run: RunSpans,
  { metadata, measurements }: TelemetryEvent<"codex.mcp.tool_call.start">,
): void {
  const key = toolKey(metadata);
  const attributes = mcpAttributes(metadata);
  if (run.ownerOf(key) !== undefined) return run.enrich(key, attributes);
  run.open(key, {
    owner: "mcp",
    name: `execute_tool ${metadata.tool}`,
    start: hrTimeOf(measurements.system_time),
    attributes: {
      ...toolAttributes(metadata),
      ...attributes,
      ...run.content.toolArguments(metadata.arguments),
    },
  });
}

/** `codex.mcp.tool_call.success` and `.failure`. A tool span ends with its own events. */
export function mcpEnded(
  run: RunSpans,
  event: TelemetryEvent<"codex.mcp.tool_call.success" | "codex.mcp.tool_call.failure">,
): void {
  const { metadata, measurements } = event;
  const key = toolKey(metadata);
  const error = metadata.error ?? failureOf(event.name);
  if (run.ownerOf(key) !== "mcp") return run.enrich(key, mcpAttributes(metadata));
  const attributes = {
    ...mcpAttributes(metadata),
    ...errorAttributes(error),
    ...run.content.toolResult(metadata.output),
  };
  run.close(key, { at: { duration: measurements.duration }, attributes, error });
}

/** `codex.approval.requested`: the wait for a decision is a span of its own. */
export function approvalRequested(
  run: RunSpans,
  { metadata, measurements }: TelemetryEvent<"codex.approval.requested">,
): void {
  run.open(approvalKey(metadata), {
    owner: "approval",
    name: "codex.approval",
    start: hrTimeOf(measurements.system_time),
    attributes: approvalAttributes(metadata),
  });
}

/** `codex.approval.approved`, `.denied` and `.timeout`. */
export function approvalDecided(
  run: RunSpans,
  event: TelemetryEvent<
    "codex.approval.approved" | "codex.approval.denied" | "codex.approval.timeout"
  >,
): void {
  const { metadata, measurements } = event;
  run.close(approvalKey(metadata), {
    at: { duration: measurements.duration },
    attributes: approvalAttributes({ ...metadata, decision: decisionOf(event) }),
  });
}

/** `codex.turn.compaction.started`. */
export function compactionStarted(
  run: RunSpans,
  { metadata, measurements }: TelemetryEvent<"codex.turn.compaction.started">,
): void {
  if (run.ownerOf(COMPACTION) !== undefined) return;
  run.open(COMPACTION, {
    owner: "compaction",
    name: "codex.compaction",
    start: hrTimeOf(measurements.system_time),
    attributes: { "codex.compaction.stage": metadata.stage } satisfies CompactionAttributes,
  });
}

/** The other stages. An end whose start was not told is a span without length. */
export function compactionEnded(
  run: RunSpans,
  event: TelemetryEvent<
    | "codex.turn.compaction.completed"
    | "codex.turn.compaction.failed"
    | "codex.turn.compaction.unknown"
  >,
): void {
  const { metadata, measurements } = event;
  const time = hrTimeOf(measurements.system_time);
  if (run.ownerOf(COMPACTION) === undefined) {
    run.open(COMPACTION, {
      owner: "compaction",
      name: "codex.compaction",
      start: time,
      attributes: {},
    });
  }
  const failed = metadata.stage === "failed"
    ? { code: "compaction_failed", message: "The compaction failed." }
    : undefined;
  if (metadata.stage === "completed") run.describe({ "gen_ai.conversation.compacted": true });
  run.close(COMPACTION, {
    at: { time },
    attributes: {
      "codex.compaction.stage": metadata.stage,
      "codex.compaction.token_savings": measurements.token_savings,
      ...errorAttributes(failed),
    } satisfies CompactionAttributes,
    error: failed,
  });
}

const COMPACTION = "compaction";

/** Key of the span of a tool call; its MCP events share it. */
export function toolKey({ call_id }: { call_id: string }): string {
  return `tool:${call_id}`;
}

/** Key of the span of an approval. */
export function approvalKey({ call_id }: { call_id: string }): string {
  return `approval:${call_id}`;
}

function openingOf(run: RunSpans, metadata: ToolMetadata): Pick<ChildStart, "name" | "attributes"> {
  const { name, attributes } = toolStart(metadata);
  return { name, attributes: { ...attributes, ...run.content.toolArguments(metadata.input) } };
}

function failureOf(name: string): { code: string; message: string } | undefined {
  if (!name.endsWith(".failure")) return undefined;
  return { code: "_OTHER", message: "The tool failed." };
}
