/**
 * Metrics from the events of the bus. Ids never become attributes: their number has no bound.
 * @module
 */
import { type Attributes, diag } from "@opentelemetry/api";
import type { ErrorSummary, TelemetryEvent } from "../../events/catalogue.ts";
import { defined } from "../defined.ts";
import type { SemconvMode } from "../options.ts";
import { decisionOf } from "../spans/attributes.ts";
import { errorTypeOf } from "../spans/error_type.ts";
import type { Redact } from "../spans/mask.ts";
import { METRIC_EVENTS, type MetricEvent } from "./events.ts";
import { createInstruments, type Instruments } from "./instruments.ts";
import { createTokenRecorder, type TokenAttributes, type TokenRecorder } from "./token_recorder.ts";
import type { InstrumentMaker } from "./meter.ts";

/** So many names of tools become attributes, which the agent can make up; the others are `_OTHER`. */
const MAX_TOOL_NAMES = 256;

/** What metrics are made with. */
export interface MetricSubscriberOptions {
  meter: InstrumentMaker;
  mode: SemconvMode;
  redact: Redact;
}

/** What is remembered of a run until it ends. */
interface Run {
  transport: string;
  model: string | undefined;
  toolCalls: number;
}

/** Records metrics of all runs. Never throws. */
export class MetricSubscriber {
  /** The events that it wants to hear of. */
  readonly events: typeof METRIC_EVENTS = METRIC_EVENTS;
  readonly #instruments: Instruments;
  readonly #recordTokens: TokenRecorder;
  /** By `span_token`. */
  readonly #runs = new Map<string, Run>();
  /** Attributes that a process was counted with, by its pid. */
  readonly #processes = new Map<number, Attributes>();

  readonly #redact: Redact;
  readonly #toolNames = new Set<string>();

  /** Creates one for a meter. */
  constructor({ meter, mode, redact }: MetricSubscriberOptions) {
    this.#redact = redact;
    this.#instruments = createInstruments(meter, mode);
    this.#recordTokens = createTokenRecorder(meter, mode);
  }

  /** Takes an event of the bus. */
  readonly handle = (event: MetricEvent): void => {
    try {
      this.#handle(event);
    } catch (error) {
      diag.error(`codex-otel: ${event.name} could not be measured`, error);
    }
  };

  #handle(event: MetricEvent): void {
    const { approvalWait, compactions } = this.#instruments;
    switch (event.name) {
      case "codex.thread.start":
        return this.#runStarted(event);
      case "codex.thread.stop":
      case "codex.thread.exception":
        return this.#runEnded(event);
      case "codex.tool.success":
      case "codex.tool.failure":
        return this.#toolEnded(event);
      case "codex.process.start":
      case "codex.process.stop":
        return this.#processChanged(event);
      case "codex.approval.approved":
      case "codex.approval.denied":
      case "codex.approval.timeout":
        return approvalWait.record(secondsOf(event), {
          "codex.approval.decision": this.#redact(decisionOf(event)),
        });
      default:
        return compactions.add(1, { "codex.compaction.stage": event.metadata.stage });
    }
  }

  #runStarted({ metadata }: TelemetryEvent<"codex.thread.start">): void {
    const { transport, model, span_token } = metadata;
    const shown = model === undefined ? undefined : this.#redact(model);
    this.#runs.set(span_token, { transport, model: shown, toolCalls: 0 });
    this.#instruments.activeThreads.add(1, { "codex.transport": transport });
  }

  #runEnded(event: TelemetryEvent<"codex.thread.stop" | "codex.thread.exception">): void {
    const { metadata } = event;
    const run = this.#runs.get(metadata.span_token);
    this.#runs.delete(metadata.span_token);
    const { turnDuration, turns, toolCalls, activeThreads } = this.#instruments;
    turnDuration.record(secondsOf(event), {
      "gen_ai.operation.name": "invoke_agent",
      "gen_ai.provider.name": "openai",
      ...errorAttributes(metadata.error),
    });
    turns.add(1, { "codex.thread.result": metadata.result });
    // A run that began before the metrics did was not counted as active.
    if (!run) return;
    activeThreads.add(-1, { "codex.transport": run.transport });
    toolCalls.record(run.toolCalls);
    if (metadata.usage) this.#recordTokens(metadata.usage, tokenAttributes(run));
  }

  #toolEnded(event: TelemetryEvent<"codex.tool.success" | "codex.tool.failure">): void {
    const { metadata, name } = event;
    const run = this.#runs.get(metadata.span_token);
    if (run) run.toolCalls++;
    const failed = name === "codex.tool.failure" ? { code: "_OTHER", message: "" } : undefined;
    this.#instruments.toolDuration.record(secondsOf(event), {
      "gen_ai.tool.name": this.#toolName(metadata.tool),
      ...errorAttributes(metadata.error ?? failed),
    });
  }

  #toolName(tool: string): string {
    const name = this.#redact(tool);
    if (this.#toolNames.size < MAX_TOOL_NAMES) this.#toolNames.add(name);
    return this.#toolNames.has(name) ? name : "_OTHER";
  }

  #processChanged(event: TelemetryEvent<"codex.process.start" | "codex.process.stop">): void {
    const { pid, span_token } = event.metadata;
    const { activeProcesses } = this.#instruments;
    if (event.name === "codex.process.start") {
      const transport = this.#runs.get(span_token)?.transport;
      const attributes = defined({ "codex.transport": transport });
      this.#processes.set(pid, attributes);
      return activeProcesses.add(1, attributes);
    }
    const attributes = this.#processes.get(pid);
    if (this.#processes.delete(pid)) activeProcesses.add(-1, attributes);
  }
}

function tokenAttributes({ model }: Run): TokenAttributes {
  return { "gen_ai.provider.name": "openai", ...defined({ "gen_ai.request.model": model }) };
}

function secondsOf({ measurements }: { measurements: { duration: number } }): number {
  return measurements.duration / 1e9;
}

function errorAttributes(error: ErrorSummary | undefined): Attributes {
  return error ? { "error.type": errorTypeOf(error.code) } : {};
}
