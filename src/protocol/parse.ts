/**
 * One line of `codex exec --json` to one event.
 * @module
 */
import { CodexError } from "../errors.ts";
import type { AnyThreadEvent } from "./events.ts";
import { type JsonText, parseJson } from "./long_json.ts";

/** How much of a bad line an error shows. */
const MAX_SHOWN = 200;

/**
 * Parses a line. The event is what the producer wrote: fields and types that nobody here knows are
 * kept as they are.
 *
 * @throws {CodexError} `invalid_event` when the line is no JSON object, with the line's number and
 * at most its first 200 characters.
 */
export function parseEvent(line: JsonText, lineNumber: number): AnyThreadEvent {
  let value: unknown;
  try {
    value = parseJson(line);
  } catch (cause) {
    throw invalidEvent(line, lineNumber, { cause });
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw invalidEvent(line, lineNumber);
  }
  return value as AnyThreadEvent;
}

/** The error for a line that is no event. */
export function invalidEvent(
  line: JsonText,
  lineNumber: number,
  options: { note?: string; cause?: unknown } = {},
): CodexError<"invalid_event"> {
  const text = shorten(typeof line === "string" ? line : line.start);
  const note = options.note ? ` (${options.note})` : ` (line ${lineNumber})`;
  return new CodexError("invalid_event", `Failed to parse item: ${text}${note}`, {
    details: { line: lineNumber, text },
    ...("cause" in options ? { cause: withoutText(options.cause) } : {}),
  });
}

/** Cuts without splitting a surrogate pair. */
function shorten(line: string): string {
  if (line.length <= MAX_SHOWN) return line;
  const cut = line.slice(0, MAX_SHOWN);
  return cut.isWellFormed() ? cut : cut.slice(0, -1);
}

/** Engines quote the input in a `SyntaxError`, some of it from far behind the first characters. */
function withoutText(cause: unknown): unknown {
  return cause instanceof SyntaxError ? new SyntaxError("The line is no JSON.") : cause;
}
