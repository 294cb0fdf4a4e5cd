import { JsonTraceSerializer } from "@opentelemetry/otlp-transformer";
import { hasOddNumber, markOddNumbers, unmarkOddNumbers } from "./odd_numbers.ts";
import type { ReadableSpan } from "./otel_types.ts";
import { hasOddResource, resourceMarker } from "./resource_marker.ts";

/** Encodes spans as an OTLP JSON request. */
export function encodeSpans(spans: ReadableSpan[]): Uint8Array<ArrayBuffer> {
  const isOdd = hasOddResource(spans) || spans.some(isOddSpan);
  const bytes = JsonTraceSerializer.serializeRequest(isOdd ? markedSpans(spans) : spans);
  return isOdd ? unmarkOddNumbers(bytes!) : bytes as Uint8Array<ArrayBuffer>;
}

/** Almost all that spans carry is text: looking at each value once more must not cost. */
function isOddSpan({ attributes, events, links }: ReadableSpan): boolean {
  for (const key in attributes) {
    const value = attributes[key];
    if (typeof value !== "string" && hasOddNumber(value)) return true;
  }
  return events.length > 0 && events.some((event) => hasOddNumber(event.attributes)) ||
    links.length > 0 && links.some((link) => hasOddNumber(link.attributes));
}

function markedSpans(spans: ReadableSpan[]): ReadableSpan[] {
  const markResource = resourceMarker();
  return spans.map((span) => ({
    name: span.name,
    kind: span.kind,
    spanContext: () => span.spanContext(),
    ...(span.parentSpanContext ? { parentSpanContext: span.parentSpanContext } : {}),
    startTime: span.startTime,
    endTime: span.endTime,
    duration: span.duration,
    ended: span.ended,
    status: span.status,
    attributes: markOddNumbers(span.attributes),
    events: span.events.map(marked),
    links: span.links.map(marked),
    resource: markResource(span.resource),
    instrumentationScope: span.instrumentationScope,
    droppedAttributesCount: span.droppedAttributesCount,
    droppedEventsCount: span.droppedEventsCount,
    droppedLinksCount: span.droppedLinksCount,
  }));
}

function marked<Part extends { attributes?: object }>(part: Part): Part {
  return { ...part, attributes: markOddNumbers(part.attributes) };
}
