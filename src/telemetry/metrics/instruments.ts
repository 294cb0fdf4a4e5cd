import type { Counter, Histogram, UpDownCounter } from "@opentelemetry/api";
import type { CompactionStage, ThreadResult } from "../../events/catalogue.ts";
import type { SemconvMode } from "../options.ts";
import type { InstrumentMaker } from "./meter.ts";

/** Buckets of the GenAI conventions: each bound the one before times a factor. */
function buckets(first: number, factor: number, count: number): number[] {
  return Array.from({ length: count }, (_, i) => Number((first * factor ** i).toPrecision(12)));
}

/** What counts and durations are told by. Ids never are: their number has no bound. */
export interface MetricAttributes {
  /** What the conventions call a turn. */
  "gen_ai.operation.name": "invoke_agent";
  /** Whose API the agent speaks. */
  "gen_ai.provider.name": "openai";
  /** `ThreadOptions.model`; absent without it. */
  "gen_ai.request.model"?: string | undefined;
  /** Which tokens are counted. */
  "gen_ai.token.type": "input" | "output";
  /** What the model calls the tool. */
  "gen_ai.tool.name": string;
  /** Class of the error; absent on success. */
  "error.type"?: string | undefined;
  /** `allow`, `allow-session`, `deny` or `timeout`. */
  "codex.approval.decision": string;
  /** How it ended. */
  "codex.compaction.stage": CompactionStage;
  /** How the turn ended. */
  "codex.thread.result": ThreadResult;
  /** `exec`, `app-server` or `websocket`; absent for a process that began before the metrics did. */
  "codex.transport"?: string | undefined;
}

/** The attributes of one metric. */
export type Of<Name extends keyof MetricAttributes> = Pick<MetricAttributes, Name>;

/** The instruments that both sets of names share. */
export interface Instruments {
  /** How long a turn took. */
  turnDuration: Histogram<Of<"gen_ai.operation.name" | "gen_ai.provider.name" | "error.type">>;
  /** How long a tool call took. */
  toolDuration: Histogram<Of<"gen_ai.tool.name" | "error.type">>;
  /** How many tool calls a turn made. */
  toolCalls: Histogram<Of<never>>;
  /** How long the agent waited for a decision. */
  approvalWait: Histogram<Of<"codex.approval.decision">>;
  /** Turns that run. */
  activeThreads: UpDownCounter<Of<"codex.transport">>;
  /** Processes of the CLI that run. */
  activeProcesses: UpDownCounter<Of<"codex.transport">>;
  /** Turns that ended. */
  turns: Counter<Of<"codex.thread.result">>;
  /** Compactions that ended. */
  compactions: Counter<Of<"codex.compaction.stage">>;
}

/** Creates the instruments, under the names that a mode asks for. */
export function createInstruments(meter: InstrumentMaker, mode: SemconvMode): Instruments {
  const turnBuckets = { explicitBucketBoundaries: buckets(0.1, 2, 13) };
  const toolBuckets = { explicitBucketBoundaries: buckets(0.01, 2, 14) };
  const duration = mode === "default"
    ? "gen_ai.client.operation.duration"
    : "gen_ai.invoke_agent.duration";
  return {
    turnDuration: meter.createHistogram(duration, { unit: "s", advice: turnBuckets }),
    toolDuration: meter.createHistogram("gen_ai.execute_tool.duration", {
      unit: "s",
      advice: toolBuckets,
    }),
    toolCalls: meter.createHistogram("gen_ai.invoke_agent.tool_calls", { unit: "{call}" }),
    approvalWait: meter.createHistogram("codex.approval.wait", { unit: "s", advice: turnBuckets }),
    activeThreads: meter.createUpDownCounter("codex.thread.active", { unit: "{thread}" }),
    activeProcesses: meter.createUpDownCounter("codex.process.active", { unit: "{process}" }),
    turns: meter.createCounter("codex.turn.count", { unit: "{turn}" }),
    compactions: meter.createCounter("codex.compaction.count", { unit: "{compaction}" }),
  };
}

/** Bounds of token counts, 1 to 67 108 864. */
export const TOKEN_BUCKETS: readonly number[] = buckets(1, 4, 14);
