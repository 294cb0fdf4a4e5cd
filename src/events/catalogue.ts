/**
 * Every telemetry event of this package, with the shape of its payload.
 *
 * Units: `system_time` is Unix epoch in milliseconds with a fraction, `duration` whole nanoseconds
 * of a monotonic clock, `duration_ms` the same in milliseconds with a fraction.
 * @module
 */
import type { AnyCodexError } from "../errors.ts";
import type { Usage } from "../protocol/usage.ts";

/** When something happened. */
export interface AtTime {
  /** Unix epoch, milliseconds with a fraction. */
  system_time: number;
}

/** When something ended and how long it took. */
export interface WithDuration extends AtTime {
  /** Whole nanoseconds. */
  duration: number;
  /** Milliseconds with a fraction. */
  duration_ms: number;
}

/** Where a thread comes from, as its creator said it. */
export type ThreadSource = string | Record<string, unknown>;

/** Token counts of which some may be unknown. A count of zero is kept. */
export type TokenCounts = Partial<Usage>;

/** What every event carries. */
export interface BaseMetadata {
  originator: "sdk";
  /** The same on all events of one run. */
  span_token?: string;
}

/** What the events of a run carry. Early ones may lack the ids, which come from the event stream. */
export interface RunMetadata extends BaseMetadata {
  span_token: string;
  thread_id?: string;
  turn_id?: string;
  source?: ThreadSource;
}

/** Which way a run reaches the agent. */
export type TransportName = "exec" | "app-server" | "websocket";

/** What `TurnOptions.trace` says of a run; a value is there only if it was given. */
export interface TraceMetadata {
  workflow?: string;
  group?: string;
  trace_id?: string;
  trace_sensitive?: boolean;
  tracing_disabled?: boolean;
  conversation_id?: string;
}

/** A failure in a form that can be logged. */
export interface ErrorSummary {
  code: string;
  message: string;
}

/** How the CLI process of a run ended. */
export interface ProcessSummary {
  pid: number;
  exit_code: number | null;
  signal: string | null;
}

/** How a run ended. */
export type ThreadResult = "ok" | "error" | "early_exit";

/** Kinds of tools. Others may be added. */
export type ToolType =
  | "command"
  | "mcp"
  | "dynamic"
  | "file_change"
  | "web_search"
  | (string & Record<never, never>);

/** What all events of one tool call carry. */
export interface ToolMetadata extends RunMetadata {
  tool: string;
  tool_type: ToolType;
  call_id: string;
  /** The command line, for a command; the query, for a web search; the arguments of others. */
  input?: unknown;
}

/** What the last event of a tool call carries. */
export interface ToolEndMetadata extends ToolMetadata {
  exit_code?: number;
  output?: unknown;
  error?: ErrorSummary;
}

/** What all events of one MCP call carry. */
export interface McpMetadata extends RunMetadata {
  server_name: string;
  tool: string;
  call_id: string;
  arguments?: unknown;
  /** 1 for the first try. */
  attempt: number;
}

/** What the last event of an MCP call carries. */
export interface McpEndMetadata extends McpMetadata {
  output?: unknown;
  error?: ErrorSummary;
}

/** What all events of one approval carry. */
export interface ApprovalMetadata extends RunMetadata {
  tool: string;
  call_id: string;
  /** `command`, `file_change`, `permissions` or `elicitation`. */
  kind: string;
  decision?: string;
  reason?: string;
}

/** Where a compaction stands. */
export type CompactionStage = "started" | "completed" | "failed" | "unknown";

/** What a compaction event carries. */
export interface CompactionMetadata extends RunMetadata {
  stage: CompactionStage;
  compaction?: unknown;
}

/** What the start of a process carries. */
export interface ProcessMetadata extends RunMetadata {
  pid: number;
  /** The program and its arguments, without anything secret. */
  command: string;
}

/** What the end of a process carries. */
export interface ProcessEndMetadata extends ProcessMetadata {
  exit_code: number | null;
  signal: string | null;
  /** Who ended it: the SDK and by which rung of its ladder, or nobody. */
  stopped_by?: "stdin" | "SIGINT" | "SIGTERM" | "SIGKILL";
}

/** Names of all events, each with the shape of its measurements and metadata. */
export interface TelemetryEventMap {
  "codex.thread.start": {
    measurements: AtTime;
    metadata: RunMetadata & TraceMetadata & {
      input: string;
      transport: TransportName;
      model?: string;
      /** Host of a remote app-server. */
      server_address?: string;
      server_port?: number;
    };
  };
  "codex.thread.stop": {
    measurements: WithDuration;
    metadata: RunMetadata & TraceMetadata & {
      result: ThreadResult;
      transport: TransportName;
      early_exit?: boolean;
      error?: ErrorSummary;
      /** What this run used; absent where it is not known. */
      usage?: TokenCounts;
      process?: ProcessSummary;
      /** The agent's answer. */
      output?: string;
      /** The model that answered, where it is known. */
      response_model?: string;
    };
  };
  "codex.thread.exception": {
    measurements: WithDuration;
    metadata: RunMetadata & TraceMetadata & {
      result: "error";
      transport: TransportName;
      reason: AnyCodexError | Error;
      error: ErrorSummary;
      usage?: TokenCounts;
      process?: ProcessSummary;
    };
  };
  "codex.thread.token_usage.updated": {
    measurements: AtTime;
    metadata: RunMetadata & {
      /** The thread's total. */
      usage: TokenCounts;
      /** What was added since the last update; absent where it is not known. */
      delta?: TokenCounts;
      context_window?: number;
    };
  };
  "codex.turn.diff.updated": { measurements: AtTime; metadata: RunMetadata & { diff: unknown } };
  "codex.turn.compaction.started": {
    measurements: AtTime & { token_savings?: number };
    metadata: CompactionMetadata;
  };
  "codex.turn.compaction.completed": {
    measurements: AtTime & { token_savings?: number };
    metadata: CompactionMetadata;
  };
  "codex.turn.compaction.failed": {
    measurements: AtTime & { token_savings?: number };
    metadata: CompactionMetadata;
  };
  "codex.turn.compaction.unknown": {
    measurements: AtTime & { token_savings?: number };
    metadata: CompactionMetadata;
  };
  "codex.tool.start": { measurements: AtTime; metadata: ToolMetadata };
  "codex.tool.success": { measurements: WithDuration; metadata: ToolEndMetadata };
  "codex.tool.failure": { measurements: WithDuration; metadata: ToolEndMetadata };
  "codex.mcp.tool_call.start": { measurements: AtTime; metadata: McpMetadata };
  "codex.mcp.tool_call.success": { measurements: WithDuration; metadata: McpEndMetadata };
  "codex.mcp.tool_call.failure": { measurements: WithDuration; metadata: McpEndMetadata };
  "codex.approval.requested": { measurements: AtTime; metadata: ApprovalMetadata };
  "codex.approval.approved": { measurements: WithDuration; metadata: ApprovalMetadata };
  "codex.approval.denied": { measurements: WithDuration; metadata: ApprovalMetadata };
  "codex.approval.timeout": { measurements: WithDuration; metadata: ApprovalMetadata };
  "codex.attachment.staged": {
    measurements: { size_bytes: number };
    metadata: BaseMetadata & { checksum: string; name: string; persist: boolean; ttl_ms: number };
  };
  "codex.attachment.cleaned": {
    measurements: { count: number; bytes: number };
    metadata: BaseMetadata;
  };
  "codex.rate_limit.updated": {
    measurements: AtTime;
    metadata: RunMetadata & { rate_limits: unknown };
  };
  "codex.process.start": { measurements: AtTime; metadata: ProcessMetadata };
  "codex.process.stop": { measurements: WithDuration; metadata: ProcessEndMetadata };
  "codex.telemetry.handler.failure": {
    measurements: { count: number };
    metadata: BaseMetadata & { handler_id: string; event: string; reason: unknown };
  };
  "codex.telemetry.configure.failure": {
    measurements: { count: number };
    metadata: BaseMetadata & { reason: string; error: ErrorSummary };
  };
  "codex.telemetry.export.failure": {
    measurements: { count: number };
    metadata: BaseMetadata & { signal: ExportSignal; reason: string; status?: number };
  };
  "codex.telemetry.export.dropped": {
    measurements: { count: number };
    metadata: BaseMetadata & { signal: ExportSignal; reason: string };
  };
}

/** What an exporter sends. */
export type ExportSignal = "traces" | "metrics" | "logs";

/** The name of an event of this package. */
export type TelemetryEventName = keyof TelemetryEventMap;

/** One event, or with a union of names the union of their events, which narrows by `name`. */
export type TelemetryEvent<N extends TelemetryEventName = TelemetryEventName> = {
  [K in N]: { readonly name: K } & Readonly<TelemetryEventMap[K]>;
}[N];

/** An event of the host's own, sent with `emit()` under a name outside the catalogue. */
export interface CustomEvent<N extends string = string> {
  readonly name: N;
  readonly measurements: Readonly<Record<string, unknown>>;
  readonly metadata: Readonly<Record<string, unknown>>;
}

const NAMES: Record<TelemetryEventName, true> = {
  "codex.thread.start": true,
  "codex.thread.stop": true,
  "codex.thread.exception": true,
  "codex.thread.token_usage.updated": true,
  "codex.turn.diff.updated": true,
  "codex.turn.compaction.started": true,
  "codex.turn.compaction.completed": true,
  "codex.turn.compaction.failed": true,
  "codex.turn.compaction.unknown": true,
  "codex.tool.start": true,
  "codex.tool.success": true,
  "codex.tool.failure": true,
  "codex.mcp.tool_call.start": true,
  "codex.mcp.tool_call.success": true,
  "codex.mcp.tool_call.failure": true,
  "codex.approval.requested": true,
  "codex.approval.approved": true,
  "codex.approval.denied": true,
  "codex.approval.timeout": true,
  "codex.attachment.staged": true,
  "codex.attachment.cleaned": true,
  "codex.rate_limit.updated": true,
  "codex.process.start": true,
  "codex.process.stop": true,
  "codex.telemetry.handler.failure": true,
  "codex.telemetry.configure.failure": true,
  "codex.telemetry.export.failure": true,
  "codex.telemetry.export.dropped": true,
};

/** The names of all events, in the order of the catalogue. */
export const EVENT_NAMES: readonly TelemetryEventName[] = Object.keys(
  NAMES,
) as TelemetryEventName[];
