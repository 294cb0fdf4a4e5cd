import { JsonLogsSerializer } from "@opentelemetry/otlp-transformer";
import { hasOddNumber, markOddNumbers, unmarkOddNumbers } from "./odd_numbers.ts";
import type { ReadableLogRecord } from "./otel_types.ts";
import { hasOddResource, resourceMarker } from "./resource_marker.ts";

/** Encodes log records as an OTLP JSON request. */
export function encodeLogs(records: ReadableLogRecord[]): Uint8Array<ArrayBuffer> {
  const isOdd = hasOddResource(records) || records.some(isOddRecord);
  const bytes = JsonLogsSerializer.serializeRequest(isOdd ? markedRecords(records) : records);
  return isOdd ? unmarkOddNumbers(bytes!) : bytes as Uint8Array<ArrayBuffer>;
}

function isOddRecord({ attributes, body }: ReadableLogRecord): boolean {
  return hasOddNumber(attributes) || hasOddNumber(body);
}

function markedRecords(records: ReadableLogRecord[]): ReadableLogRecord[] {
  const markResource = resourceMarker();
  return records.map((record) => ({
    hrTime: record.hrTime,
    hrTimeObserved: record.hrTimeObserved,
    spanContext: record.spanContext,
    severityText: record.severityText,
    severityNumber: record.severityNumber,
    body: markOddNumbers(record.body),
    eventName: record.eventName,
    resource: markResource(record.resource),
    instrumentationScope: record.instrumentationScope,
    attributes: markOddNumbers(record.attributes),
    droppedAttributesCount: record.droppedAttributesCount,
  } as ReadableLogRecord));
}
