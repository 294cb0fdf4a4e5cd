import type { Counter, Histogram, Meter, UpDownCounter } from "@opentelemetry/api";
import type { SemconvMode } from "../options.ts";

/** Buckets of the GenAI conventions: each bound the one before times a factor. */
function buckets(first: number, factor: number, count: number): number[] {
  return Array.from({ length: count }, (_, i) => Number((first * factor ** i).toPrecision(12)));
}

/** The instruments that both sets of names share. */
export interface Instruments {
  turnDuration: Histogram;
  toolDuration: Histogram;
  toolCalls: Histogram;
  approvalWait: Histogram;
  activeThreads: UpDownCounter;
  activeProcesses: UpDownCounter;
  turns: Counter;
  compactions: Counter;
}

/** Creates the instruments, under the names that a mode asks for. */
export function createInstruments(meter: Meter, mode: SemconvMode): Instruments {
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
