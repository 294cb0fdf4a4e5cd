/**
 * Spans from the events of the bus.
 * @module
 */
import { type Context, diag } from "@opentelemetry/api";
import type { TelemetryEvent } from "../../events/catalogue.ts";
import type { SpanReference } from "../../events/sink.ts";
import { contentOfRun, type ContentSettings } from "../content.ts";
import type { SemconvMode } from "../options.ts";
import { asText, tokenUpdateAttributes, warningAttributes } from "./attributes.ts";
import {
  approvalDecided,
  approvalKey,
  approvalRequested,
  compactionEnded,
  compactionStarted,
  mcpEnded,
  mcpStarted,
  toolEnded,
  toolKey,
  toolStarted,
} from "./child_spans.ts";
import type { Redact } from "./mask.ts";
import { RunContent } from "./run_content.ts";
import { RunSpans } from "./run_spans.ts";
import { startTurn, type TurnStarter } from "./start_turn.ts";
import { hrTimeOf } from "./time.ts";

/** Events that spans are built from. */
export const SPAN_EVENTS = [
  "codex.thread.start",
  "codex.thread.stop",
  "codex.thread.exception",
  "codex.thread.token_usage.updated",
  "codex.turn.diff.updated",
  "codex.turn.warning",
  "codex.turn.compaction.started",
  "codex.turn.compaction.completed",
  "codex.turn.compaction.failed",
  "codex.turn.compaction.unknown",
  "codex.tool.start",
  "codex.tool.success",
  "codex.tool.failure",
  "codex.mcp.tool_call.start",
  "codex.mcp.tool_call.success",
  "codex.mcp.tool_call.failure",
  "codex.approval.requested",
  "codex.approval.approved",
  "codex.approval.denied",
  "codex.approval.timeout",
  "codex.rate_limit.updated",
] as const;

/** An event that spans are built from. */
export type SpanEvent = TelemetryEvent<typeof SPAN_EVENTS[number]>;

/** What a subscriber makes its spans with. */
export interface SpanSubscriberOptions {
  starter: TurnStarter;
  mode: SemconvMode;
  content: ContentSettings;
  redact: Redact;
}

/** Builds the spans of all runs from what the bus announces. Never throws. */
export class SpanSubscriber {
  readonly #options: SpanSubscriberOptions;
  /** By `span_token`. */
  readonly #runs = new Map<string, RunSpans>();

  /** Creates one for a tracer. */
  constructor(options: SpanSubscriberOptions) {
    this.#options = options;
  }

  /** Takes an event of the bus. A fault in here must not end the tracing of all later runs. */
  readonly handle = (event: SpanEvent): void => {
    try {
      this.#handle(event);
    } catch (error) {
      diag.error(`codex-otel: no span could be made of ${event.name}`, error);
    }
  };

  /**
   * The context in which a span is active: of a call, its approval while that is open, or else its
   * tool; the turn, where neither is.
   */
  contextOf({ span_token, call_id }: SpanReference): Context | undefined {
    const run = this.#runs.get(span_token);
    if (!run || call_id === undefined) return run?.contextOf();
    const keys = [approvalKey({ call_id }), toolKey({ call_id })];
    return run.contextOf(keys.find((key) => run.ownerOf(key) !== undefined));
  }

  /** Ends the spans of all runs under way, marked as unfinished. */
  close(): void {
    for (const run of this.#runs.values()) run.abandon();
    this.#runs.clear();
  }

  #handle(event: SpanEvent): void {
    if (event.name === "codex.thread.start") return this.#start(event);
    const token = event.metadata.span_token;
    const run = this.#runs.get(token);
    if (!run) return;
    if (event.name === "codex.thread.stop" || event.name === "codex.thread.exception") {
      this.#runs.delete(token);
      return run.end(event);
    }
    run.learn(event.metadata);
    observe(run, event);
  }

  #start(event: TelemetryEvent<"codex.thread.start">): void {
    if (event.metadata.tracing_disabled === true) return;
    const { starter, mode, redact } = this.#options;
    const switches = contentOfRun(this.#options.content, event.metadata.trace_sensitive);
    const content = new RunContent(switches, redact);
    const started = startTurn(event, { starter, content, redact });
    const run = new RunSpans({ tracer: starter.tracer, mode, content, redact, ...started });
    this.#runs.set(event.metadata.span_token, run);
  }
}

/** An event of a run under way. */
type RunEvent = Exclude<
  SpanEvent,
  TelemetryEvent<"codex.thread.start" | "codex.thread.stop" | "codex.thread.exception">
>;

function observe(run: RunSpans, event: RunEvent): void {
  const at = hrTimeOf(event.measurements.system_time);
  switch (event.name) {
    case "codex.tool.start":
      return toolStarted(run, event);
    case "codex.tool.success":
    case "codex.tool.failure":
      return toolEnded(run, event);
    case "codex.mcp.tool_call.start":
      return mcpStarted(run, event);
    case "codex.mcp.tool_call.success":
    case "codex.mcp.tool_call.failure":
      return mcpEnded(run, event);
    case "codex.approval.requested":
      return approvalRequested(run, event);
    case "codex.approval.approved":
    case "codex.approval.denied":
    case "codex.approval.timeout":
      return approvalDecided(run, event);
    case "codex.turn.compaction.started":
      return compactionStarted(run, event);
    case "codex.turn.compaction.completed":
    case "codex.turn.compaction.failed":
    case "codex.turn.compaction.unknown":
      return compactionEnded(run, event);
    case "codex.thread.token_usage.updated":
      return run.addEvent(event.name, { at, attributes: tokenUpdateAttributes(event.metadata) });
    case "codex.turn.diff.updated": {
      const attributes = { "codex.diff.length": asText(event.metadata.diff).length };
      run.describe(run.content.diff(event.metadata.diff));
      return run.addEvent(event.name, { at, attributes });
    }
    case "codex.turn.warning":
      return run.addEvent(event.name, { at, attributes: warningAttributes(event.metadata) });
    case "codex.rate_limit.updated": {
      const attributes = { "codex.rate_limits": asText(event.metadata.rate_limits) };
      return run.addEvent(event.name, { at, attributes });
    }
  }
}
