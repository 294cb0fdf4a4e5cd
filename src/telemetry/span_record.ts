/**
 * Finished spans as plain records, which can be cloned, posted and compared.
 * @module
 */
import type { HrTime } from "@opentelemetry/api";
import type { Attributes, ReadableSpan } from "./otel_types.ts";

/** Something that happened within a span. */
export interface SpanEventRecord {
  /** What happened, such as `exception`. */
  name: string;
  /** Nanoseconds since the Unix epoch. */
  timeUnixNano: bigint;
  /** What it says, by name; empty without any. */
  attributes: Attributes;
}

/** Another span that a span points to. */
export interface SpanLinkRecord {
  /** Trace of the other span: 32 hexadecimal digits. */
  traceId: string;
  /** The other span: 16 hexadecimal digits. */
  spanId: string;
  /** What the link says, by name; empty without any. */
  attributes: Attributes;
}

/** A finished span. */
export interface SpanRecord {
  /** Such as `invoke_agent codex` for a turn. */
  name: string;
  /** 32 hexadecimal digits. */
  traceId: string;
  /** 16 hexadecimal digits. */
  spanId: string;
  /** Absent for a root. */
  parentSpanId?: string;
  /** Which side of a call the span is; `internal` for what stays in the process. */
  kind: "internal" | "server" | "client" | "producer" | "consumer";
  /** Nanoseconds since the Unix epoch. */
  startUnixNano: bigint;
  /** Nanoseconds since the Unix epoch. */
  endUnixNano: bigint;
  /** What the span says, by name. */
  attributes: Attributes;
  /** What happened within the span, in order. */
  events: SpanEventRecord[];
  /** Other spans that it points to. */
  links: SpanLinkRecord[];
  /** `error` with a message for what failed; what went well stays `unset`. */
  status: { code: "unset" | "ok" | "error"; message?: string };
  /** Attributes of the resource, such as `service.name`. */
  resource: Attributes;
}

/** By the API's `SpanKind`. */
const KINDS = ["internal", "server", "client", "producer", "consumer"] as const;

/** By the API's `SpanStatusCode`. */
const STATUS_CODES = ["unset", "ok", "error"] as const;

/** Copies what a finished span says; works for SDK 2.x and 3.x. */
export function spanRecordOf(span: ReadableSpan): SpanRecord {
  const { traceId, spanId } = span.spanContext();
  const parentSpanId = span.parentSpanContext?.spanId;
  const { code, message } = span.status;
  return {
    name: span.name,
    traceId,
    spanId,
    ...(parentSpanId === undefined ? {} : { parentSpanId }),
    kind: KINDS[span.kind] ?? "internal",
    startUnixNano: unixNano(span.startTime),
    endUnixNano: unixNano(span.endTime),
    attributes: structuredClone(span.attributes),
    events: span.events.map(({ name, time, attributes }) => ({
      name,
      timeUnixNano: unixNano(time),
      attributes: structuredClone(attributes ?? {}),
    })),
    links: span.links.map(({ context, attributes }) => ({
      traceId: context.traceId,
      spanId: context.spanId,
      attributes: structuredClone(attributes ?? {}),
    })),
    status: {
      code: STATUS_CODES[code] ?? "unset",
      ...(message === undefined ? {} : { message }),
    },
    resource: structuredClone(span.resource.attributes),
  };
}

function unixNano([seconds, nanos]: HrTime): bigint {
  return BigInt(seconds) * 1_000_000_000n + BigInt(nanos);
}
