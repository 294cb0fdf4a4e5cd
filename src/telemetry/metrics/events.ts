import type { TelemetryEvent } from "../../events/catalogue.ts";

/** Events that metrics are made of. */
export const METRIC_EVENTS = [
  "codex.thread.start",
  "codex.thread.stop",
  "codex.thread.exception",
  "codex.tool.success",
  "codex.tool.failure",
  "codex.approval.approved",
  "codex.approval.denied",
  "codex.approval.timeout",
  "codex.turn.compaction.completed",
  "codex.turn.compaction.failed",
  "codex.turn.compaction.unknown",
  "codex.process.start",
  "codex.process.stop",
] as const;

/** An event that metrics are made of. */
export type MetricEvent = TelemetryEvent<typeof METRIC_EVENTS[number]>;
