import { isSpanContextValid, trace } from "@opentelemetry/api";
import type { ReadableLogRecord } from "@opentelemetry/sdk-logs";
import { VERSION } from "../../version.ts";
import type { EmittedLog, LoggerProviderLike } from "../options.ts";
import { createResource, SCOPE } from "../resource.ts";
import type { Settings } from "../settings.ts";
import { hrTimeOf } from "../spans/time.ts";

/** Specification, "LogRecord Limits". */
const MAX_ATTRIBUTES = 128;

type LogAttributes = EmittedLog["attributes"];

/** Makes records of what is emitted, and hands them on: all of a logs SDK that is of use here. */
export function createLogger(
  settings: Settings,
  push: (record: ReadableLogRecord) => void,
): ReturnType<LoggerProviderLike["getLogger"]> {
  const resource = createResource(settings);
  const instrumentationScope = { name: SCOPE, version: VERSION };
  return {
    // Written out: rest and spread take most of the time of a record in V8 (Node 20).
    emit({ eventName, timestamp, severityNumber, severityText, body, attributes, context }) {
      const spanContext = context && trace.getSpanContext(context);
      const kept = limited(attributes);
      push({
        eventName,
        hrTime: timestamp,
        hrTimeObserved: hrTimeOf(Date.now()),
        severityNumber,
        severityText,
        body,
        attributes: kept,
        droppedAttributesCount: kept === attributes ? 0 : droppedOf(attributes),
        ...(spanContext && isSpanContextValid(spanContext) ? { spanContext } : {}),
        resource,
        instrumentationScope,
      });
    },
  };
}

/** The same object where nothing is too much, which is always. */
function limited(attributes: LogAttributes): LogAttributes {
  if (Object.keys(attributes).length <= MAX_ATTRIBUTES) return attributes;
  return Object.fromEntries(Object.entries(attributes).slice(0, MAX_ATTRIBUTES));
}

function droppedOf(attributes: LogAttributes): number {
  return Object.keys(attributes).length - MAX_ATTRIBUTES;
}
