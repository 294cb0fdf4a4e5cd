import type { LogLine, LogValue } from "./log_lines.ts";

/** How a line is written: for people, or as one JSON object. */
export type LogFormat = "text" | "json";

/**
 * Writes a line as `[codex] thread stop duration_ms=12.3 result=ok`. A value with anything but
 * letters, digits and plain punctuation is quoted as JSON, so that no input can forge a line.
 */
export function formatText(line: LogLine): string {
  const fields = shown(line).map(([key, value]) => ` ${key}=${textOf(value)}`);
  return `[codex] ${line.what}${fields.join("")}`;
}

/** Writes a line as one JSON object with `time`, `level`, `event` and the fields. */
export function formatJson(line: LogLine, event: string, timeMs: number): string {
  const time = new Date(timeMs).toISOString();
  return JSON.stringify({ time, level: line.level, event, ...line.fields });
}

function shown(line: LogLine): [string, LogValue][] {
  return Object.entries(line.fields).filter(([, value]) => value !== undefined);
}

function textOf(value: LogValue): string {
  if (typeof value === "number") return String(Math.round(value * 1000) / 1000);
  if (typeof value !== "string" || /^[\w.:/@+-]+$/.test(value)) return String(value);
  return JSON.stringify(value);
}
