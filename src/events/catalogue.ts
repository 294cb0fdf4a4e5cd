/**
 * Every telemetry event of this package, with the shape of its payload.
 *
 * Units: `system_time` is Unix epoch in milliseconds with a fraction, `duration` whole nanoseconds
 * of a monotonic clock, `duration_ms` the same in milliseconds with a fraction.
 * @module
 */
import type { AnyCodexError } from "../errors.ts";
import type { TokenCounts } from "../protocol/usage.ts";
import type { Warning, WarningKind } from "../protocol/warnings.ts";

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

export type { TokenCounts, Warning, WarningKind };

/** What every event carries. */
export interface BaseMetadata {
  /** The same on all events, so that a listener to several sources knows whose they are. */
  originator: "sdk";
  /** The same on all events of one run. */
  span_token?: string;
}

/** What the events of a run carry. Early ones may lack the ids, which come from the event stream. */
export interface RunMetadata extends BaseMetadata {
  /** The same on all events of this run; a UUID. */
  span_token: string;
  /** The thread; absent before `thread.started`, unless the thread was resumed. */
  thread_id?: string;
  /** The turn; absent where the transport does not tell it, as `codex exec` does not. */
  turn_id?: string;
  /** Of the thread's metadata: the caller's, then what `thread.started` says. */
  source?: ThreadSource;
  /** Names and values: the caller's, and what `thread.started` says, which wins. */
  labels?: Readonly<Record<string, string>>;
}

/** Which way a run reaches the agent. */
export type TransportName = "exec" | "app-server" | "websocket";

/** What `TurnOptions.trace` says of a run; a value is there only if it was given. */
export interface TraceMetadata {
  /** The name of what this run is a step of. */
  workflow?: string;
  /** What this run shares with others that belong together. */
  group?: string;
  /** The trace to be part of, as the caller wrote it. */
  trace_id?: string;
  /** Whether content may be in the spans of this run. */
  trace_sensitive?: boolean;
  /** Whether this run is to have no span. */
  tracing_disabled?: boolean;
  /** The caller's own id of the conversation, beside the thread's. */
  conversation_id?: string;
}

/** A failure in a form that can be logged. */
export interface ErrorSummary {
  /** A code of `CodexError`, of a tool's failure such as `command_failed`, or an error's name. */
  code: string;
  /** For people. */
  message: string;
}

/** How the CLI process of a run ended. */
export interface ProcessSummary {
  /** Its process id; another process may have it by now. */
  pid: number;
  /** Null when a signal ended it. */
  exit_code: number | null;
  /** Name of the signal that ended it, such as `SIGKILL`; null when it exited. */
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
  /** What the model calls it: `exec_command`, `apply_patch`, or the tool's own name. */
  tool: string;
  /** Kind of the tool; decides what `input` and `output` are. */
  tool_type: ToolType;
  /** The same on all events of the call: the id of its item. */
  call_id: string;
  /** A command line, the changes of a patch, the query of a web search, the arguments of others. */
  input?: unknown;
}

/** What the last event of a tool call carries. */
export interface ToolEndMetadata extends ToolMetadata {
  /** Of a command that exited; absent otherwise. */
  exit_code?: number;
  /** What a command printed or a tool answered; absent for patches and web searches. */
  output?: unknown;
  /** Why it failed; absent on success. */
  error?: ErrorSummary;
}

/** What all events of one MCP call carry. */
export interface McpMetadata extends RunMetadata {
  /** Name of the MCP server in the CLI's configuration. */
  server_name: string;
  /** Name of the tool on that server. */
  tool: string;
  /** The same on all events of the call, those of `codex.tool.*` included. */
  call_id: string;
  /** What the agent passed to the tool. */
  arguments?: unknown;
  /** 1 for the first try. */
  attempt: number;
}

/** What the last event of an MCP call carries. */
export interface McpEndMetadata extends McpMetadata {
  /** What the server answered; absent where it did not. */
  output?: unknown;
  /** Why it failed; absent on success. */
  error?: ErrorSummary;
}

/** What all events of one approval carry. */
export interface ApprovalMetadata extends RunMetadata {
  /** Name of the tool that waits for the decision. */
  tool: string;
  /** The call that waits for the decision. */
  call_id: string;
  /** `command`, `file_change`, `permissions` or `elicitation`. */
  kind: string;
  /** `allow`, `allow-session` or `deny`; absent while it is awaited. */
  decision?: string;
  /** Why it was denied; absent otherwise. */
  reason?: string;
}

/** Where a compaction stands. */
export type CompactionStage = "started" | "completed" | "failed" | "unknown";

/** What a compaction event measures. */
export interface CompactionMeasurements extends AtTime {
  /** How many tokens it saved, where that is told. */
  token_savings?: number;
}

/** How many. */
export interface Count {
  /** How many. */
  count: number;
}

/** What a compaction event carries. */
export interface CompactionMetadata extends RunMetadata {
  /** The last part of the event's name. */
  stage: CompactionStage;
  /** What the producer says of it, unchanged; absent where it says nothing. */
  compaction?: unknown;
}

/** What the start of a process carries. */
export interface ProcessMetadata extends RunMetadata {
  /** What `processes.stop()` takes while it runs; also the id of its process group. */
  pid: number;
  /** The program and its arguments, without anything secret. */
  command: string;
}

/** What the end of a process carries. */
export interface ProcessEndMetadata extends ProcessMetadata {
  /** Null when a signal ended it. */
  exit_code: number | null;
  /** Name of the signal that ended it, such as `SIGKILL`; null when it exited. */
  signal: string | null;
  /** Who ended it: the SDK and by which rung of its ladder, or nobody. */
  stopped_by?: "stdin" | "SIGINT" | "SIGTERM" | "SIGKILL";
}

/** Names of all events, each with the shape of its measurements and metadata. */
export interface TelemetryEventMap {
  /** A run begins. */
  "codex.thread.start": {
    measurements: AtTime;
    metadata: RunMetadata & TraceMetadata & {
      /** The texts of the input, joined by an empty line. */
      input: string;
      /** Which way the run reaches the agent. */
      transport: TransportName;
      /** `ThreadOptions.model`. */
      model?: string;
      /** Host of a remote app-server. */
      server_address?: string;
      /** Port of a remote app-server. */
      server_port?: number;
    };
  };
  /** A run ended without a throw; also one whose turn the agent says failed, or that was left. */
  "codex.thread.stop": {
    measurements: WithDuration;
    metadata: RunMetadata & TraceMetadata & {
      /** How the run ended. */
      result: ThreadResult;
      /** Which way the run reached the agent. */
      transport: TransportName;
      /** True when the events were left before the agent was done, or when it says so itself. */
      early_exit?: boolean;
      /** Why the turn failed; absent on success. */
      error?: ErrorSummary;
      /** What this run used; absent where it is not known. */
      usage?: TokenCounts;
      /** How the process of `codex exec` ended; absent with other transports. */
      process?: ProcessSummary;
      /** The agent's answer. */
      output?: string;
      /** The model that answered, where it is known. */
      response_model?: string;
    };
  };
  /** A run ended by an error, such as a process that died, a timeout or an abort. */
  "codex.thread.exception": {
    measurements: WithDuration;
    metadata: RunMetadata & TraceMetadata & {
      /** Always the same. */
      result: "error";
      /** Which way the run reached the agent. */
      transport: TransportName;
      /** What was thrown. */
      reason: AnyCodexError | Error;
      /** The same in a form that can be logged. */
      error: ErrorSummary;
      /** What this run used until then; absent where it is not known. */
      usage?: TokenCounts;
      /** How the process of `codex exec` ended; absent with other transports. */
      process?: ProcessSummary;
    };
  };
  /** The thread has used more tokens. */
  "codex.thread.token_usage.updated": {
    measurements: AtTime;
    metadata: RunMetadata & {
      /** The thread's total. */
      usage: TokenCounts;
      /** What was added since the last update; absent where it is not known. */
      delta?: TokenCounts;
      /** How many tokens the model can take, where it is known. */
      context_window?: number;
    };
  };
  /** The combined diff of the turn changed; `diff` is the whole of it. */
  "codex.turn.diff.updated": {
    measurements: AtTime;
    metadata: RunMetadata & {
      /** As the producer writes it; a text in the format of git where it is the CLI. */
      diff: unknown;
    };
  };
  /** The CLI warns of something and goes on, such as a request to the model that it repeats. */
  "codex.turn.warning": { measurements: AtTime; metadata: RunMetadata & Warning };
  /** The thread's history is being compacted. */
  "codex.turn.compaction.started": {
    measurements: CompactionMeasurements;
    metadata: CompactionMetadata;
  };
  /** The history is compacted; `token_savings` is how many tokens that saved. */
  "codex.turn.compaction.completed": {
    measurements: CompactionMeasurements;
    metadata: CompactionMetadata;
  };
  /** The history could not be compacted. */
  "codex.turn.compaction.failed": {
    measurements: CompactionMeasurements;
    metadata: CompactionMetadata;
  };
  /** The producer told a stage of a compaction that is none of the others. */
  "codex.turn.compaction.unknown": {
    measurements: CompactionMeasurements;
    metadata: CompactionMetadata;
  };
  /** A tool call began. */
  "codex.tool.start": { measurements: AtTime; metadata: ToolMetadata };
  /** A tool call ended well. */
  "codex.tool.success": { measurements: WithDuration; metadata: ToolEndMetadata };
  /** A tool call failed, was declined, or was cut off by the end of the turn. */
  "codex.tool.failure": { measurements: WithDuration; metadata: ToolEndMetadata };
  /** A call to an MCP server began; comes after its `codex.tool.start`. */
  "codex.mcp.tool_call.start": { measurements: AtTime; metadata: McpMetadata };
  /** A call to an MCP server ended well; comes before its `codex.tool.success`. */
  "codex.mcp.tool_call.success": { measurements: WithDuration; metadata: McpEndMetadata };
  /** A call to an MCP server failed; comes before its `codex.tool.failure`. */
  "codex.mcp.tool_call.failure": { measurements: WithDuration; metadata: McpEndMetadata };
  /** The agent asks for approval and waits. */
  "codex.approval.requested": { measurements: AtTime; metadata: ApprovalMetadata };
  /** The agent may go on; the duration is how long it waited. */
  "codex.approval.approved": { measurements: WithDuration; metadata: ApprovalMetadata };
  /** The agent may not; the duration is how long it waited. */
  "codex.approval.denied": { measurements: WithDuration; metadata: ApprovalMetadata };
  /** Nobody decided in time, which denies it. */
  "codex.approval.timeout": { measurements: WithDuration; metadata: ApprovalMetadata };
  /** A file was copied to the staging folder. */
  "codex.attachment.staged": {
    measurements: {
      /** Size of the file. */
      size_bytes: number;
    };
    metadata: BaseMetadata & {
      /** SHA-256 of the content, in hex. */
      checksum: string;
      /** The file's name, as the agent is told it. */
      name: string;
      /** Whether it stays until it is removed. */
      persist: boolean;
      /** How long it stays if it is not persistent. */
      ttl_ms: number;
    };
  };
  /** Staged files were removed: how many, and how large together. */
  "codex.attachment.cleaned": {
    measurements: {
      /** How many files. */
      count: number;
      /** Their size together. */
      bytes: number;
    };
    metadata: BaseMetadata;
  };
  /** What the account may still use changed; `rate_limits` is as the CLI says it. */
  "codex.rate_limit.updated": {
    measurements: AtTime;
    metadata: RunMetadata & {
      /** As the CLI writes it. */
      rate_limits: unknown;
    };
  };
  /** A CLI process was started. */
  "codex.process.start": { measurements: AtTime; metadata: ProcessMetadata };
  /** A CLI process is gone, with all that it started. */
  "codex.process.stop": { measurements: WithDuration; metadata: ProcessEndMetadata };
  /** A handler threw `reason` at `event` and was detached. */
  "codex.telemetry.handler.failure": {
    measurements: Count;
    metadata: BaseMetadata & {
      /** The id that the handler was attached by. */
      handler_id: string;
      /** Name of the event that it was given. */
      event: string;
      /** What it threw. */
      reason: unknown;
    };
  };
  /** `configure()` failed and telemetry is off; `reason` is the error's code. */
  "codex.telemetry.configure.failure": {
    measurements: Count;
    metadata: BaseMetadata & {
      /** The error's code. */
      reason: string;
      /** What is wrong: which variable or option, never its value. */
      error: ErrorSummary;
    };
  };
  /** An attempt to export failed; `count` items may still be delivered by a later one. */
  "codex.telemetry.export.failure": {
    measurements: Count;
    metadata: BaseMetadata & {
      /** What could not be sent. */
      signal: ExportSignal;
      /** `timeout`, `connection`, `http_status`, `redirect`, `headers`, or a code of TLS. */
      reason: string;
      /** The collector's status, where it answered. */
      status?: number;
    };
  };
  /** `count` items were given up, for a reason of `DropReason` in the OTLP exporters. */
  "codex.telemetry.export.dropped": {
    measurements: Count;
    metadata: BaseMetadata & {
      /** What was given up. */
      signal: ExportSignal;
      /** Such as `queue_full`, `rejected`, `too_large` or `shutdown`. */
      reason: string;
    };
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
  /** The name given to `emit()`. */
  readonly name: N;
  /** The measurements given to `emit()`; empty without them. */
  readonly measurements: Readonly<Record<string, unknown>>;
  /** The metadata given to `emit()`; `originator: "sdk"` is filled in. */
  readonly metadata: Readonly<Record<string, unknown>>;
}

const NAMES: Record<TelemetryEventName, true> = {
  "codex.thread.start": true,
  "codex.thread.stop": true,
  "codex.thread.exception": true,
  "codex.thread.token_usage.updated": true,
  "codex.turn.diff.updated": true,
  "codex.turn.warning": true,
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
