import type { ReadableLogRecord } from "../otel_types.ts";
import { encodeRequest, type Envelope } from "./request.ts";
import { anyValue, attributes, nanoseconds, numberField, textField } from "./values.ts";

const ENVELOPE: Envelope<ReadableLogRecord> = {
  resources: "resourceLogs",
  scopes: "scopeLogs",
  items: "logRecords",
  write: recordJson,
};

/** Encodes log records as an OTLP JSON request (`ExportLogsServiceRequest`). */
export function encodeLogs(records: readonly ReadableLogRecord[]): Uint8Array<ArrayBuffer> {
  return encodeRequest(records, ENVELOPE);
}

function recordJson(record: ReadableLogRecord): string {
  const { spanContext } = record;
  return `{"timeUnixNano":${nanoseconds(record.hrTime)}` +
    `,"observedTimeUnixNano":${nanoseconds(record.hrTimeObserved)}` +
    numberField("severityNumber", record.severityNumber) +
    textField("severityText", record.severityText) +
    `,"body":${anyValue(record.body)}` +
    textField("eventName", record.eventName) +
    `,"attributes":${attributes(record.attributes)}` +
    numberField("droppedAttributesCount", record.droppedAttributesCount) +
    numberField("flags", spanContext?.traceFlags) +
    textField("traceId", spanContext?.traceId) +
    `${textField("spanId", spanContext?.spanId)}}`;
}
