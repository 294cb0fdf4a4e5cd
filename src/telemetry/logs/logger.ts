import { isSpanContextValid, trace } from "@opentelemetry/api";
import type { ReadableLogRecord } from "@opentelemetry/sdk-logs";
import { VERSION } from "../../version.ts";
import type { EmittedLog, LoggerProviderLike } from "../options.ts";
import { createResource, SCOPE } from "../resource.ts";
import type { Settings } from "../settings.ts";
import { hrTimeOf } from "../spans/time.ts";

/** Specification, "LogRecord Limits". */
const MAX_ATTRIBUTES = 128;

/** Makes records of what is emitted, and hands them on: all of a logs SDK that is of use here. */
export function createLogger(
  settings: Settings,
  push: (record: ReadableLogRecord) => void,
): ReturnType<LoggerProviderLike["getLogger"]> {
  const resource = createResource(settings);
  const instrumentationScope = { name: SCOPE, version: VERSION };
  return {
    emit({ timestamp, context, attributes, ...told }: EmittedLog) {
      const spanContext = context && trace.getSpanContext(context);
      push({
        ...told,
        ...limited(attributes),
        hrTime: timestamp,
        hrTimeObserved: hrTimeOf(Date.now()),
        ...(spanContext && isSpanContextValid(spanContext) ? { spanContext } : {}),
        resource,
        instrumentationScope,
      });
    },
  };
}

function limited(
  attributes: EmittedLog["attributes"],
): Pick<ReadableLogRecord, "attributes" | "droppedAttributesCount"> {
  const entries = Object.entries(attributes).filter(([, value]) => value !== undefined);
  return {
    attributes: Object.fromEntries(entries.slice(0, MAX_ATTRIBUTES)),
    droppedAttributesCount: Math.max(entries.length - MAX_ATTRIBUTES, 0),
  };
}
