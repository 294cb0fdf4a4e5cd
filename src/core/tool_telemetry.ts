/**
 * Tool and MCP events from the items of a turn.
 * @module
 */
import type {
  McpEndMetadata,
  McpMetadata,
  RunMetadata,
  ToolEndMetadata,
  ToolMetadata,
  WithDuration,
} from "../events/catalogue.ts";
import { type Clock, measurementsOf, measureSince } from "../events/clock.ts";
import type { TelemetrySink } from "../events/sink.ts";
import { type Fields, numberField } from "../protocol/fields.ts";
import type { ToolCall, ToolOutcome } from "../protocol/tool_items.ts";
import { toolCallOf, toolOutcomeOf } from "../protocol/tool_items.ts";

/** What tool telemetry needs around it. */
export interface ToolTelemetryContext {
  sink: TelemetrySink;
  clock: Clock;
  /** The metadata of the run, as far as it is known by then. */
  metadata: () => RunMetadata;
}

/** A call that has been announced and has not ended. */
interface OpenCall {
  call: ToolCall;
  startMs: number;
  /** When the CLI says that it began, Unix epoch in milliseconds. */
  startedAtMs: number | undefined;
}

/** A CLI whose clock is further off than this runs on another machine, and its times say nothing here. */
const MAX_SKEW_MS = 2_000;

// Whole names: one that is put together each time costs more to look up than all else of an event.
const TOOL_SUCCESS = "codex.tool.success";
const TOOL_FAILURE = "codex.tool.failure";
const MCP_SUCCESS = "codex.mcp.tool_call.success";
const MCP_FAILURE = "codex.mcp.tool_call.failure";

const WATCHED = [
  "codex.tool.start",
  TOOL_SUCCESS,
  TOOL_FAILURE,
  "codex.mcp.tool_call.start",
  MCP_SUCCESS,
  MCP_FAILURE,
] as const;

/** Announces each tool call once at its start and once at its end. */
export class ToolTelemetry {
  readonly #context: ToolTelemetryContext;
  readonly #open = new Map<string, OpenCall>();

  /** Creates one for a run. */
  constructor(context: ToolTelemetryContext) {
    this.#context = context;
  }

  /** An item began. */
  started(item: Fields): void {
    if (!this.#isWatched()) return;
    const call = toolCallOf(item);
    if (call) this.#start(call, this.#startTime(item));
  }

  /** An item ended; one whose start was not told began just now. */
  completed(item: Fields): void {
    if (this.#open.size === 0 && !this.#isWatched()) return;
    const call = toolCallOf(item);
    if (!call) return;
    const open = this.#open.get(call.id) ?? this.#start(call);
    const outcome = toolOutcomeOf(item, call.type);
    // What was announced as one type of tool ends as that, whatever the producer makes of it.
    call.type = open.call.type;
    open.call = call;
    this.#end(open, outcome);
  }

  /** The turn is over: calls that have not ended never will. */
  endAll(): void {
    for (const open of [...this.#open.values()]) {
      this.#end(open, {
        error: { code: "turn_ended", message: "The turn ended before the tool did." },
      });
    }
  }

  #isWatched(): boolean {
    return WATCHED.some((name) => this.#context.sink.has(name));
  }

  #startTime(item: Fields): number | undefined {
    const startedAtMs = numberField(item, "started_at_ms");
    if (startedAtMs === undefined) return undefined;
    const skewMs = Math.abs(this.#context.clock.wallMs() - startedAtMs);
    return skewMs <= MAX_SKEW_MS ? startedAtMs : undefined;
  }

  #start(call: ToolCall, startedAtMs?: number): OpenCall {
    const { sink, clock } = this.#context;
    const known = this.#open.get(call.id);
    if (known) return known;
    const open = { call, startMs: clock.monotonicMs(), startedAtMs };
    this.#open.set(call.id, open);
    const at = { system_time: startedAtMs ?? clock.wallMs() };
    sink.emit("codex.tool.start", at, this.#toolMetadata(call));
    if (call.type === "mcp") sink.emit("codex.mcp.tool_call.start", at, this.#mcpMetadata(call));
    return open;
  }

  #end(open: OpenCall, outcome: ToolOutcome): void {
    const { sink } = this.#context;
    const { call } = open;
    this.#open.delete(call.id);
    const took = this.#measure(open, outcome.completedAtMs);
    const hasFailed = outcome.error !== undefined;
    // The inner event first, so that whoever nests them sees it inside the outer one.
    if (call.type === "mcp") {
      const metadata: McpEndMetadata = this.#mcpMetadata(call);
      if (outcome.output !== undefined) metadata.output = outcome.output;
      if (outcome.error) metadata.error = outcome.error;
      sink.emit(hasFailed ? MCP_FAILURE : MCP_SUCCESS, took, metadata);
    }
    const metadata: ToolEndMetadata = this.#toolMetadata(call);
    if (outcome.exitCode !== undefined) metadata.exit_code = outcome.exitCode;
    if (outcome.output !== undefined) metadata.output = outcome.output;
    if (outcome.error) metadata.error = outcome.error;
    sink.emit(hasFailed ? TOOL_FAILURE : TOOL_SUCCESS, took, metadata);
  }

  /** By the CLI's own times where it tells both, else by when its events came. */
  #measure({ startMs, startedAtMs }: OpenCall, completedAtMs: number | undefined): WithDuration {
    if (startedAtMs === undefined || completedAtMs === undefined) {
      return measureSince(startMs, this.#context.clock);
    }
    return measurementsOf(completedAtMs - startedAtMs, completedAtMs);
  }

  // Written out, and the ids added by assignment: a spread of the run's metadata takes 20 times as
  // long in V8 (Node 20), and this is the busiest place of a turn that somebody watches.
  #toolMetadata(call: ToolCall): ToolMetadata {
    const run = this.#context.metadata();
    const metadata: ToolMetadata = {
      originator: "sdk",
      span_token: run.span_token,
      tool: call.tool,
      tool_type: call.type,
      call_id: call.id,
    };
    if (call.input !== undefined) metadata.input = call.input;
    return withIds(metadata, run);
  }

  #mcpMetadata(call: ToolCall): McpMetadata {
    const run = this.#context.metadata();
    const metadata: McpMetadata = {
      originator: "sdk",
      span_token: run.span_token,
      server_name: call.server ?? "unknown",
      tool: call.tool,
      call_id: call.id,
      attempt: 1,
    };
    if (call.input !== undefined) metadata.arguments = call.input;
    return withIds(metadata, run);
  }
}

/** Adds what is known of the run's ids. */
function withIds<M extends RunMetadata>(metadata: M, run: RunMetadata): M {
  if (run.thread_id !== undefined) metadata.thread_id = run.thread_id;
  if (run.turn_id !== undefined) metadata.turn_id = run.turn_id;
  if (run.source !== undefined) metadata.source = run.source;
  if (run.labels !== undefined) metadata.labels = run.labels;
  return metadata;
}
