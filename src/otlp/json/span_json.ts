import type { ReadableSpan } from "../otel_types.ts";
import { encodeRequest, type Envelope } from "./request.ts";
import { attributes, list, nanoseconds, numberField, text, textField } from "./values.ts";

/** `SpanFlags` of the protocol, version 1.1: whether the parent is remote is known, and it is. */
const HAS_IS_REMOTE = 0x100;
const IS_REMOTE = 0x200;

const ENVELOPE: Envelope<ReadableSpan> = {
  resources: "resourceSpans",
  scopes: "scopeSpans",
  items: "spans",
  write: spanJson,
};

/** Encodes spans as an OTLP JSON request (`ExportTraceServiceRequest`). */
export function encodeSpans(spans: readonly ReadableSpan[]): Uint8Array<ArrayBuffer> {
  return encodeRequest(spans, ENVELOPE);
}

function spanJson(span: ReadableSpan): string {
  const { parentSpanContext: parent, status } = span;
  const { traceId, spanId, traceState, traceFlags } = span.spanContext();
  return `{"traceId":${text(traceId)},"spanId":${text(spanId)}` +
    textField("parentSpanId", parent?.spanId || undefined) +
    textField("traceState", traceState?.serialize()) +
    // The protocol has a value for "unspecified" before the API's first.
    `,"name":${text(span.name)},"kind":${(span.kind ?? -1) + 1}` +
    `,"startTimeUnixNano":${nanoseconds(span.startTime)}` +
    `,"endTimeUnixNano":${nanoseconds(span.endTime)}` +
    `,"attributes":${attributes(span.attributes)}` +
    numberField("droppedAttributesCount", span.droppedAttributesCount) +
    `,"events":${list(span.events, eventJson)}` +
    numberField("droppedEventsCount", span.droppedEventsCount) +
    `,"status":{"code":${status.code ?? 0}${textField("message", status.message)}}` +
    `,"links":${list(span.links, linkJson)}` +
    numberField("droppedLinksCount", span.droppedLinksCount) +
    `,"flags":${flags(traceFlags, parent?.isRemote)}}`;
}

function eventJson(event: ReadableSpan["events"][number]): string {
  return `{"attributes":${attributes(event.attributes ?? {})},"name":${text(event.name)}` +
    `,"timeUnixNano":${nanoseconds(event.time)}` +
    `,"droppedAttributesCount":${event.droppedAttributesCount || 0}}`;
}

function linkJson(link: ReadableSpan["links"][number]): string {
  const { traceId, spanId, traceState, traceFlags, isRemote } = link.context;
  return `{"attributes":${attributes(link.attributes ?? {})}` +
    `,"spanId":${text(spanId)},"traceId":${text(traceId)}` +
    textField("traceState", traceState?.serialize()) +
    `,"droppedAttributesCount":${link.droppedAttributesCount || 0}` +
    `,"flags":${flags(traceFlags, isRemote)}}`;
}

function flags(traceFlags: number, isRemote: boolean | undefined): number {
  return (traceFlags & 0xff) | HAS_IS_REMOTE | (isRemote ? IS_REMOTE : 0);
}
