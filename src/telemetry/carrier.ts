import { type Context, isSpanContextValid, trace } from "@opentelemetry/api";
import type { TraceCarrier } from "../events/sink.ts";

/**
 * The W3C trace context (https://www.w3.org/TR/trace-context/) of the span that is active in a
 * context; undefined where none is. A span that is not sampled is handed on as such.
 */
export function carrierOf(context: Context): TraceCarrier | undefined {
  const span = trace.getSpanContext(context);
  if (!span || !isSpanContextValid(span)) return undefined;
  const flags = (span.traceFlags & 0xff).toString(16).padStart(2, "0");
  const tracestate = span.traceState?.serialize();
  return {
    traceparent: `00-${span.traceId}-${span.spanId}-${flags}`,
    ...(tracestate ? { tracestate } : {}),
  };
}
