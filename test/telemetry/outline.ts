import type { ReceivedMetric, ReceivedSpan } from "../../src/testing/mod.ts";

/** Attributes that an outline shows, and how it calls them. */
const SHOWN: Record<string, string> = {
  "codex.thread.result": "result",
  "codex.thread.early_exit": "early",
  "error.type": "error",
  "codex.unfinished": "unfinished",
  "process.exit.code": "exit",
  "codex.mcp.server.name": "server",
  "codex.approval.decision": "decision",
  "codex.compaction.stage": "stage",
  "codex.compaction.token_savings": "savings",
  "gen_ai.conversation.compacted": "compacted",
  "gen_ai.usage.input_tokens": "in",
  "gen_ai.usage.output_tokens": "out",
  "gen_ai.usage.cache_creation.input_tokens": "cache_creation",
  "gen_ai.usage.cache_write.input_tokens": "cache_write",
};

/** A span a line, children indented, in the order of their starts: name, status, attributes, events. */
export function outlineOf(spans: readonly ReceivedSpan[], parentId?: string, depth = 0): string[] {
  return spans
    .filter(({ parentSpanId }) => parentSpanId === parentId)
    .sort((a, b) => Number(a.startUnixNano - b.startUnixNano))
    .flatMap((span) => [
      "  ".repeat(depth) + lineOf(span),
      ...outlineOf(spans, span.spanId, depth + 1),
    ]);
}

function lineOf({ name, status, attributes, events }: ReceivedSpan): string {
  return [
    name,
    ...(status.code === "unset" ? [] : [status.code.toUpperCase()]),
    ...Object.entries(SHOWN).flatMap(([key, short]) =>
      attributes[key] === undefined ? [] : [`${short}=${attributes[key]}`]
    ),
    ...events.map((event) => `+${event.name.replace(/^codex\./, "")}`),
  ].join(" ");
}

/** A point a line: name, attributes, and its value, or the count where the sum is a time. */
export function metricLinesOf(metrics: readonly ReceivedMetric[]): string[] {
  const lines = metrics.flatMap(({ name, unit, points }) =>
    points.map(({ attributes, value, count, sum }) => {
      const shown = Object.values(attributes).join(" ");
      const amount = value ?? (unit === "s" ? `${count} times` : `${count} times ${sum}`);
      return [name, ...(shown === "" ? [] : [shown]), "=", amount].join(" ");
    })
  );
  return lines.sort();
}
