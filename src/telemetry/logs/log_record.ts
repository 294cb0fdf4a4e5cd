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

/** By field, what it is exported as. Whole names: one that is put together each time is slow to set. */
const EXPORTED: ReadonlyMap<string, string> = new Map<string, string>([
  ...Array.from(PLAIN, (key): [string, string] => [key, `codex.${key}`]),
  ...Object.entries(LOG_FIELD_NAMES),
]);

/** Fields that hold content in any event, and the switch for each. */
const CONTENT: Readonly<Record<string, ContentKind>> = {
  diff: "diffs",
  arguments: "toolArguments",
  compaction: "responses",
  reason: "responses",
};

type ContentKind = Exclude<keyof ContentSettings, "maxLength">;

type LogAttributes = EmittedLog["attributes"];

/** How a log record is made. */
export interface LogRules {
  content: ContentSettings;
  redact: Redact;
}

/** The log record of an event, without its context. */
export function logRecordOf(event: TelemetryEvent, rules: LogRules): EmittedLog {
  const severity = severityOf(event);
  const { name, measurements } = event;
  return {
    eventName: name,
    timestamp: hrTimeOf("system_time" in measurements ? measurements.system_time : Date.now()),
    severityNumber: SEVERITY[severity],
    severityText: severity,
    body: name,
    // What the API calls attributes may be anything from its version 1.10 on.
    attributes: maskAttributes(attributesOf(event, rules), rules.redact) as LogAttributes,
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

function attributesOf({ name, measurements, metadata }: TelemetryEvent, rules: LogRules) {
  const attributes: Attributes = "error" in metadata ? errorAttributes(metadata.error) : {};
  const isTool = name.startsWith("codex.tool.") || name.startsWith("codex.mcp.");
  // One after the other: an object of both would have to be made for each event.
  for (const fields of [measurements, metadata] as unknown as Record<string, unknown>[]) {
    for (const key in fields) {
      const kind = contentKind(key, isTool);
      if (kind) addContent(attributes, key, { value: fields[key], kind, rules });
      else addPlain(attributes, key, fields[key]);
    }
  }
  return attributes;
}

function contentKind(key: string, isTool: boolean): ContentKind | undefined {
  if (key === "input") return isTool ? "toolArguments" : "prompts";
  if (key === "output") return isTool ? "toolOutput" : "responses";
  return CONTENT[key];
}

function addContent(
  attributes: Attributes,
  key: string,
  { value, kind, rules }: { value: unknown; kind: ContentKind; rules: LogRules },
): void {
  if (value === undefined || value instanceof Error) return;
  const text = asText(value);
  if (!rules.content[kind]) attributes[`codex.${key}_length`] = text.length;
  else attributes[`codex.${key}`] = cut(rules.redact(text), rules.content.maxLength);
}

/** An object's fields are attributes of their own, one level deep. */
function addPlain(attributes: Attributes, key: string, value: unknown): void {
  const named = EXPORTED.get(key);
  if (named === undefined) return;
  if (typeof value !== "object" || value === null) attributes[named] = value as AttributeValue;
  else if (Array.isArray(value)) attributes[named] = asText(value);
  else {
    for (const [inner, field] of Object.entries(value)) {
      attributes[`${named}.${inner}`] = typeof field === "object" ? asText(field) : field;
    }
  }
}

function errorAttributes(error: ErrorSummary | undefined): Attributes {
  if (!error) return {};
  return { "error.type": errorTypeOf(error.code), "exception.message": error.message };
}
