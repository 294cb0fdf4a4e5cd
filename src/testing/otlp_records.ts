/**
 * OTLP/HTTP JSON bodies as flat, plain records.
 * Shapes: https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding
 * @module
 */

/** Attributes by name. Integers are numbers, or strings where a number would lose digits. */
export type ReceivedAttributes = Record<string, unknown>;

/** Which library made a record. */
export interface ReceivedScope {
  /** As its producer named it. */
  name: string;
  /** Absent where the library says none. */
  version?: string;
}

/** What every record says of its origin. */
export interface ReceivedOrigin {
  /** Attributes of the resource, such as `service.name`. */
  resource: ReceivedAttributes;
  /** The library that made it. */
  scope: ReceivedScope;
}

/** Something that happened within a span. */
export interface ReceivedSpanEvent {
  /** As its producer named it. */
  name: string;
  /** Nanoseconds since the Unix epoch. */
  timeUnixNano: bigint;
  /** Attributes by name. */
  attributes: ReceivedAttributes;
}

/** Another span that a span points to. */
export interface ReceivedSpanLink {
  /** 32 hexadecimal digits. */
  traceId: string;
  /** 16 hexadecimal digits. */
  spanId: string;
  /** Attributes by name. */
  attributes: ReceivedAttributes;
}

/** A span as it arrived. */
export interface ReceivedSpan extends ReceivedOrigin {
  /** As its producer named it. */
  name: string;
  /** 32 hexadecimal digits. */
  traceId: string;
  /** 16 hexadecimal digits. */
  spanId: string;
  /** Absent for a root. */
  parentSpanId?: string;
  /** Role in a call. */
  kind: "unspecified" | "internal" | "server" | "client" | "producer" | "consumer";
  /** Nanoseconds since the Unix epoch. */
  startUnixNano: bigint;
  /** Nanoseconds since the Unix epoch. */
  endUnixNano: bigint;
  /** From start to end, milliseconds with a fraction. */
  durationMs: number;
  /** Attributes by name. */
  attributes: ReceivedAttributes;
  /** In the order of the wire. */
  events: ReceivedSpanEvent[];
  /** In the order of the wire. */
  links: ReceivedSpanLink[];
  /** How it ended; `unset` where nobody said. */
  status: { code: "unset" | "ok" | "error"; message?: string };
  /** The W3C `tracestate`. */
  traceState?: string;
}

/** One series of a metric: its attributes and its numbers. */
export interface ReceivedDataPoint {
  /** Attributes by name. */
  attributes: ReceivedAttributes;
  /** Nanoseconds since the Unix epoch. */
  startUnixNano: bigint;
  /** Nanoseconds since the Unix epoch. */
  timeUnixNano: bigint;
  /** Of a sum or a gauge. */
  value?: number;
  /** Of a histogram. */
  count?: number;
  /** Of a histogram. */
  sum?: number;
  /** Of a histogram. */
  min?: number;
  /** Of a histogram. */
  max?: number;
  /** Of a histogram: one more than the bounds. */
  bucketCounts?: number[];
  /** Of a histogram: upper bounds of the buckets but the last. */
  explicitBounds?: number[];
}

/** A metric as it arrived. */
export interface ReceivedMetric extends ReceivedOrigin {
  /** As its producer named it. */
  name: string;
  /** May be empty. */
  description: string;
  /** In UCUM, such as `s` or `{token}`. */
  unit: string;
  /** `sum`, `gauge`, `histogram`, `exponentialHistogram` or `summary`. */
  type: string;
  /** Of a sum or a histogram. */
  temporality?: "delta" | "cumulative";
  /** Of a sum. */
  monotonic?: boolean;
  /** One for each set of attributes. */
  points: ReceivedDataPoint[];
}

/** A log record as it arrived. */
export interface ReceivedLog extends ReceivedOrigin {
  /** Nanoseconds since the Unix epoch. */
  timeUnixNano: bigint;
  /** When it was collected: nanoseconds since the Unix epoch. */
  observedUnixNano: bigint;
  /** 1 to 24, as the specification has them. */
  severityNumber: number;
  /** Such as `INFO`. */
  severityText?: string;
  /** Of a record that is an event. */
  eventName?: string;
  /** Unwrapped. */
  body: unknown;
  /** Attributes by name. */
  attributes: ReceivedAttributes;
  /** The trace it belongs to. */
  traceId?: string;
  /** The span it belongs to. */
  spanId?: string;
}

type Json = Record<string, unknown>;

const KINDS = ["unspecified", "internal", "server", "client", "producer", "consumer"] as const;
const STATUS_CODES = ["unset", "ok", "error"] as const;
const TEMPORALITIES = [undefined, "delta", "cumulative"] as const;
const METRIC_TYPES = ["sum", "gauge", "histogram", "exponentialHistogram", "summary"] as const;

/** The spans of a body for `/v1/traces`. */
export function spansOf(body: unknown): ReceivedSpan[] {
  return eachRecord(body, ["resourceSpans", "scopeSpans", "spans"]).map(toSpan);
}

/** The metrics of a body for `/v1/metrics`. */
export function metricsOf(body: unknown): ReceivedMetric[] {
  return eachRecord(body, ["resourceMetrics", "scopeMetrics", "metrics"]).map(toMetric);
}

/** The log records of a body for `/v1/logs`. */
export function logsOf(body: unknown): ReceivedLog[] {
  return eachRecord(body, ["resourceLogs", "scopeLogs", "logRecords"]).map(toLog);
}

interface Placed {
  record: Json;
  origin: ReceivedOrigin;
}

function eachRecord(body: unknown, path: readonly [string, string, string]): Placed[] {
  const [resources, scopes, records] = path;
  return objects(object(body)[resources]).flatMap((byResource) => {
    const resource = attributes(object(byResource.resource).attributes);
    return objects(byResource[scopes]).flatMap((byScope) => {
      const scope = toScope(object(byScope.scope));
      return objects(byScope[records]).map((record) => ({ record, origin: { resource, scope } }));
    });
  });
}

function toScope({ name, version }: Json): ReceivedScope {
  return { name: text(name), ...optional("version", version) };
}

function toSpan({ record, origin }: Placed): ReceivedSpan {
  const startUnixNano = nano(record.startTimeUnixNano);
  const endUnixNano = nano(record.endTimeUnixNano);
  return {
    name: text(record.name),
    traceId: text(record.traceId),
    spanId: text(record.spanId),
    ...optional("parentSpanId", record.parentSpanId),
    kind: KINDS[Number(record.kind ?? 0)] ?? "unspecified",
    startUnixNano,
    endUnixNano,
    durationMs: Number(endUnixNano - startUnixNano) / 1e6,
    attributes: attributes(record.attributes),
    events: objects(record.events).map(toSpanEvent),
    links: objects(record.links).map(toSpanLink),
    status: toStatus(object(record.status)),
    ...optional("traceState", record.traceState),
    ...origin,
  };
}

const toSpanEvent = (event: Json): ReceivedSpanEvent => ({
  name: text(event.name),
  timeUnixNano: nano(event.timeUnixNano),
  attributes: attributes(event.attributes),
});

const toSpanLink = (link: Json): ReceivedSpanLink => ({
  traceId: text(link.traceId),
  spanId: text(link.spanId),
  attributes: attributes(link.attributes),
});

function toStatus({ code, message }: Json): ReceivedSpan["status"] {
  return { code: STATUS_CODES[Number(code ?? 0)] ?? "unset", ...optional("message", message) };
}

function toMetric({ record, origin }: Placed): ReceivedMetric {
  const type = METRIC_TYPES.find((name) => name in record) ?? "unknown";
  const data = object(record[type]);
  const temporality = TEMPORALITIES[Number(data.aggregationTemporality ?? 0)];
  return {
    name: text(record.name),
    description: text(record.description),
    unit: text(record.unit),
    type,
    ...(temporality === undefined ? {} : { temporality }),
    ...(type === "sum" ? { monotonic: data.isMonotonic === true } : {}),
    points: objects(data.dataPoints).map(toPoint),
    ...origin,
  };
}

function toPoint(point: Json): ReceivedDataPoint {
  const counts = point.bucketCounts;
  const bounds = point.explicitBounds;
  return {
    attributes: attributes(point.attributes),
    startUnixNano: nano(point.startTimeUnixNano),
    timeUnixNano: nano(point.timeUnixNano),
    ...optionalNumber("value", point.asDouble ?? point.asInt),
    ...optionalNumber("count", point.count),
    ...optionalNumber("sum", point.sum),
    ...optionalNumber("min", point.min),
    ...optionalNumber("max", point.max),
    ...(Array.isArray(counts) ? { bucketCounts: counts.map(Number) } : {}),
    ...(Array.isArray(bounds) ? { explicitBounds: bounds.map(Number) } : {}),
  };
}

function toLog({ record, origin }: Placed): ReceivedLog {
  return {
    timeUnixNano: nano(record.timeUnixNano),
    observedUnixNano: nano(record.observedTimeUnixNano),
    severityNumber: Number(record.severityNumber ?? 0),
    ...optional("severityText", record.severityText),
    ...optional("eventName", record.eventName),
    body: record.body === undefined ? undefined : anyValue(record.body),
    attributes: attributes(record.attributes),
    ...optional("traceId", record.traceId),
    ...optional("spanId", record.spanId),
    ...origin,
  };
}

function attributes(list: unknown): ReceivedAttributes {
  return Object.fromEntries(objects(list).map(({ key, value }) => [text(key), anyValue(value)]));
}

function anyValue(value: unknown): unknown {
  const wrapped = object(value);
  if ("stringValue" in wrapped) return wrapped.stringValue;
  if ("boolValue" in wrapped) return wrapped.boolValue;
  if ("doubleValue" in wrapped) return Number(wrapped.doubleValue);
  if ("intValue" in wrapped) return integer(wrapped.intValue);
  if ("bytesValue" in wrapped) return wrapped.bytesValue;
  if ("arrayValue" in wrapped) return objects(object(wrapped.arrayValue).values).map(anyValue);
  if ("kvlistValue" in wrapped) return attributes(object(wrapped.kvlistValue).values);
  return undefined;
}

function integer(value: unknown): number | string {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : String(value);
}

// The encoding has 64-bit integers as decimal strings; numbers are accepted as well.
function nano(value: unknown): bigint {
  return typeof value === "string" || typeof value === "number" ? BigInt(value) : 0n;
}

function object(value: unknown): Json {
  return typeof value === "object" && value !== null ? value as Json : {};
}

function objects(value: unknown): Json[] {
  return Array.isArray(value) ? value.map(object) : [];
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}

// In this encoding an empty string is the same as no value.
function optional<K extends string>(key: K, value: unknown): { [P in K]?: string } {
  return typeof value === "string" && value !== "" ? { [key]: value } as { [P in K]?: string } : {};
}

function optionalNumber<K extends string>(key: K, value: unknown): { [P in K]?: number } {
  return value === undefined ? {} : { [key]: Number(value) } as { [P in K]?: number };
}
