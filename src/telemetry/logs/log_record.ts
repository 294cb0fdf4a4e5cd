/**
 * Log records from events.
 * @module
 */
import type { Attributes, AttributeValue } from "@opentelemetry/api";
import type { ErrorSummary, TelemetryEvent, TelemetryEventName } from "../../events/catalogue.ts";
import { EVENT_NAMES } from "../../events/catalogue.ts";
import type { ContentSettings } from "../content.ts";
import type { EmittedLog } from "../options.ts";
import { errorTypeOf } from "../spans/error_type.ts";
import { cut } from "../spans/run_content.ts";
import { hrTimeOf } from "../spans/time.ts";
import { maskAttributes, type Redact } from "../spans/mask.ts";
import { asText } from "../spans/attributes.ts";

/**
 * Events that become log records: all but those of the exporters, which would have a failing
 * export of logs write logs.
 */
export const LOG_EVENTS: readonly TelemetryEventName[] = EVENT_NAMES.filter((name) =>
  !name.startsWith("codex.telemetry.export.")
);

/** Fields that are exported under a name of their own. */
export const LOG_FIELD_NAMES: Readonly<Record<string, string>> = {
  thread_id: "codex.thread.id",
  turn_id: "codex.turn.id",
  conversation_id: "codex.conversation.id",
  trace_sensitive: "codex.trace.sensitive_data",
  tool: "gen_ai.tool.name",
  call_id: "gen_ai.tool.call.id",
  model: "gen_ai.request.model",
  response_model: "gen_ai.response.model",
  exit_code: "process.exit.code",
  pid: "process.pid",
  server_address: "server.address",
  server_port: "server.port",
  http_status: "http.response.status_code",
};

/**
 * Fields that are exported as `codex.` and their name. A field that is in no list here is not
 * exported: it may hold content.
 */
const PLAIN: ReadonlySet<string> = new Set([
  ...[
    "originator",
    "source",
    "labels",
    "transport",
    "workflow",
    "group",
    "trace_id",
    "duration_ms",
  ],
  ...["result", "early_exit", "process", "usage", "delta", "context_window", "rate_limits"],
  ...["tool_type", "server_name", "attempt", "kind", "decision", "stage", "token_savings"],
  ...["command", "signal", "stopped_by", "count", "bytes", "size_bytes", "checksum", "name"],
  ...["persist", "ttl_ms", "handler_id", "event", "status", "message", "code"],
]);

/** Fields that hold content in any event, and the switch for each. */
const CONTENT: Readonly<Record<string, ContentKind>> = {
  diff: "diffs",
  arguments: "toolArguments",
  compaction: "responses",
  reason: "responses",
};

type ContentKind = Exclude<keyof ContentSettings, "maxLength">;

/** How a log record is made. */
export interface LogRules {
  content: ContentSettings;
  redact: Redact;
}

/** The log record of an event, without its context. */
export function logRecordOf(event: TelemetryEvent, rules: LogRules): EmittedLog {
  const severity = severityOf(event);
  const fields = { ...event.measurements, ...event.metadata };
  return {
    eventName: event.name,
    timestamp: hrTimeOf("system_time" in fields ? fields.system_time : Date.now()),
    severityNumber: SEVERITY[severity],
    severityText: severity,
    body: event.name,
    attributes: maskAttributes(attributesOf(event.name, { fields, rules }), rules.redact),
  };
}

const SEVERITY = { DEBUG: 5, INFO: 9, WARN: 13, ERROR: 17 } as const;

function severityOf(event: TelemetryEvent): keyof typeof SEVERITY {
  if (event.name === "codex.thread.exception") return "ERROR";
  if (event.name === "codex.thread.start") return "INFO";
  if (event.name === "codex.thread.stop") {
    return event.metadata.result === "error" ? "WARN" : "INFO";
  }
  return /\.(failure|failed|timeout|warning)$/.test(event.name) ? "WARN" : "DEBUG";
}

function attributesOf(
  name: TelemetryEventName,
  { fields, rules }: { fields: Readonly<Record<string, unknown>>; rules: LogRules },
): Attributes {
  const attributes: Attributes = errorAttributes(fields["error"] as ErrorSummary | undefined);
  for (const [key, value] of Object.entries(fields)) {
    const kind = contentKind(name, key);
    const named = LOG_FIELD_NAMES[key] ?? `codex.${key}`;
    if (kind !== undefined) {
      Object.assign(attributes, contentAttributes(named, { value, kind, rules }));
    } else if (PLAIN.has(key) || key in LOG_FIELD_NAMES) {
      Object.assign(attributes, flatten(named, value));
    }
  }
  return attributes;
}

function contentKind(name: TelemetryEventName, key: string): ContentKind | undefined {
  const isTool = name.startsWith("codex.tool.") || name.startsWith("codex.mcp.");
  if (key === "input") return isTool ? "toolArguments" : "prompts";
  if (key === "output") return isTool ? "toolOutput" : "responses";
  return CONTENT[key];
}

function contentAttributes(
  named: string,
  { value, kind, rules }: { value: unknown; kind: ContentKind; rules: LogRules },
): Attributes {
  if (value === undefined || value instanceof Error) return {};
  const text = asText(value);
  if (!rules.content[kind]) return { [`${named}_length`]: text.length };
  return { [named]: cut(rules.redact(text), rules.content.maxLength) };
}

function flatten(named: string, value: unknown): Attributes {
  if (typeof value !== "object" || value === null) return { [named]: value as AttributeValue };
  if (Array.isArray(value)) return { [named]: asText(value) };
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      `${named}.${key}`,
      typeof inner === "object" ? asText(inner) : inner,
    ]),
  );
}

function errorAttributes(error: ErrorSummary | undefined): Attributes {
  if (!error) return {};
  return { "error.type": errorTypeOf(error.code), "exception.message": error.message };
}
