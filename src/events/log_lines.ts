import type {
  AtTime,
  BaseMetadata,
  ErrorSummary,
  RunMetadata,
  TelemetryEvent,
  TokenCounts,
  ToolMetadata,
  WithDuration,
} from "./catalogue.ts";

/** How important a line is. */
export type LogLevel = "debug" | "info" | "warn" | "error";

/** From the least important to the most. */
export const LOG_LEVELS: readonly LogLevel[] = ["debug", "info", "warn", "error"];

/** A value that a line shows; one that is undefined is left out. */
export type LogValue = string | number | boolean | undefined;

/** One line, before it is formatted. */
export interface LogLine {
  level: LogLevel;
  /** What happened, such as `thread stop`. */
  what: string;
  fields: Record<string, LogValue>;
}

/** Events that the default logger shows. */
export const LOGGED_EVENTS = [
  "codex.thread.start",
  "codex.thread.stop",
  "codex.thread.exception",
  "codex.turn.warning",
  "codex.tool.start",
  "codex.tool.success",
  "codex.tool.failure",
  "codex.approval.requested",
  "codex.approval.approved",
  "codex.approval.denied",
  "codex.approval.timeout",
  "codex.thread.token_usage.updated",
  "codex.turn.diff.updated",
  "codex.turn.compaction.started",
  "codex.turn.compaction.completed",
  "codex.turn.compaction.failed",
  "codex.turn.compaction.unknown",
] as const;

/** An event that the default logger shows. */
export type LoggedEvent = TelemetryEvent<typeof LOGGED_EVENTS[number]>;

/** The level of an event's line; a run that failed is a warning, an exception an error. */
export function logLevelOf(event: LoggedEvent): LogLevel {
  switch (event.name) {
    case "codex.thread.start":
      return "info";
    case "codex.thread.stop":
      return event.metadata.result === "error" ? "warn" : "info";
    case "codex.thread.exception":
      return "error";
    case "codex.turn.warning":
      return "warn";
    default:
      return "debug";
  }
}

/** What the line of an event says; `content` shows what people and the agent wrote. */
export function logLineOf(event: LoggedEvent, content: boolean): LogLine {
  const what = event.name.replace("codex.", "").replace("turn.", "").replaceAll(/[._]/g, " ");
  return { level: logLevelOf(event), what, fields: fieldsOf(event, content) };
}

function fieldsOf(event: LoggedEvent, content: boolean): Record<string, LogValue> {
  switch (event.name) {
    case "codex.thread.start":
    case "codex.thread.stop":
    case "codex.thread.exception":
      return threadFields(event, content);
    case "codex.tool.start":
    case "codex.tool.success":
    case "codex.tool.failure":
      return toolFields(event, content);
    case "codex.approval.requested":
    case "codex.approval.approved":
    case "codex.approval.denied":
    case "codex.approval.timeout":
      return approvalFields(event);
    case "codex.thread.token_usage.updated":
      return { ...idsOf(event.metadata), ...usageFields(event.metadata) };
    case "codex.turn.diff.updated":
      return { ...idsOf(event.metadata), ...contentField("diff", event.metadata.diff, content) };
    case "codex.turn.warning": {
      const { kind, message, code } = event.metadata;
      return { ...idsOf(event.metadata), kind, message, code };
    }
    default:
      return { ...idsOf(event.metadata), token_savings: event.measurements.token_savings };
  }
}

function threadFields(
  event: TelemetryEvent<"codex.thread.start" | "codex.thread.stop" | "codex.thread.exception">,
  content: boolean,
): Record<string, LogValue> {
  const { metadata } = event;
  if (event.name === "codex.thread.start") {
    const input = contentField("input", event.metadata.input, content);
    return { ...idsOf(metadata), transport: metadata.transport, ...input };
  }
  return {
    duration_ms: event.measurements.duration_ms,
    ...idsOf(metadata),
    result: event.metadata.result,
    early_exit: event.name === "codex.thread.stop" && event.metadata.early_exit || undefined,
    ...errorFields(event.metadata.error),
  };
}

function toolFields(
  { measurements, metadata }: TelemetryEvent<
    "codex.tool.start" | "codex.tool.success" | "codex.tool.failure"
  >,
  content: boolean,
): Record<string, LogValue> {
  const end: Partial<TelemetryEvent<"codex.tool.failure">["metadata"]> = metadata;
  return {
    ...durationOf(measurements),
    ...idsOf(metadata),
    ...toolName(metadata),
    exit_code: end.exit_code,
    ...contentField("input", metadata.input, content),
    ...contentField("output", end.output, content),
    ...errorFields(end.error),
  };
}

function toolName(metadata: ToolMetadata): Record<string, LogValue> {
  return { tool: metadata.tool, tool_type: metadata.tool_type, call_id: metadata.call_id };
}

function approvalFields(
  { measurements, metadata }: TelemetryEvent<
    | "codex.approval.requested"
    | "codex.approval.approved"
    | "codex.approval.denied"
    | "codex.approval.timeout"
  >,
): Record<string, LogValue> {
  const { tool, kind, call_id, decision, reason } = metadata;
  const ids = idsOf(metadata);
  return { ...durationOf(measurements), ...ids, tool, kind, call_id, decision, reason };
}

function usageFields(metadata: { usage: TokenCounts; delta?: TokenCounts }) {
  return { ...prefixed("", metadata.usage), ...prefixed("delta_", metadata.delta ?? {}) };
}

function prefixed(prefix: string, counts: TokenCounts): Record<string, LogValue> {
  return Object.fromEntries(Object.entries(counts).map(([key, n]) => [prefix + key, n]));
}

function durationOf(measurements: AtTime & Partial<WithDuration>): Record<string, LogValue> {
  return { duration_ms: measurements.duration_ms };
}

function idsOf(metadata: BaseMetadata & Partial<RunMetadata>): Record<string, LogValue> {
  return { thread_id: metadata.thread_id, turn_id: metadata.turn_id };
}

function errorFields(error: ErrorSummary | undefined): Record<string, LogValue> {
  return { error_code: error?.code, error_message: error?.message };
}

/** The value itself, or only its length; of a value that is no string the length of its JSON. */
function contentField(name: string, value: unknown, content: boolean): Record<string, LogValue> {
  if (value === undefined) return {};
  const text = typeof value === "string" ? value : JSON.stringify(value) ?? "";
  return content ? { [name]: text } : { [`${name}_length`]: text.length };
}
