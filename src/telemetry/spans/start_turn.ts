import {
  type Context,
  context,
  type HrTime,
  isSpanContextValid,
  type Link,
  type Span,
  SpanKind,
  trace,
  TraceFlags,
  type Tracer,
} from "@opentelemetry/api";
import type { TelemetryEvent } from "../../events/catalogue.ts";
import { turnStartAttributes } from "./attributes.ts";
import { maskAttributes, type Redact } from "./mask.ts";
import type { RunContent } from "./run_content.ts";
import { hrTimeOf } from "./time.ts";
import { traceIdOf } from "./trace_id.ts";

/** What starts the span of a turn. */
export interface TurnStarter {
  tracer: Tracer;
  /**
   * Has the next root span carry a trace id. Left out for a provider of the host's, whose ids
   * cannot be chosen.
   */
  useTraceId?: (traceId: string) => void;
}

/** What the span of a turn says, and may say, from its start. */
export interface TurnSpeech {
  content: RunContent;
  redact: Redact;
}

/** A turn's span, just started. */
export interface StartedTurn {
  turn: Span;
  /** The caller's context. */
  context: Context;
  start: HrTime;
}

/**
 * Starts the span of a turn: a child of the caller's active span, or, when the run names a trace
 * id, the root of that trace with a link to the caller's span.
 */
export function startTurn(
  event: TelemetryEvent<"codex.thread.start">,
  { starter, content, redact }: TurnSpeech & { starter: TurnStarter },
): StartedTurn {
  const { metadata, measurements } = event;
  const caller = context.active();
  const start = hrTimeOf(measurements.system_time);
  const options = {
    kind: metadata.transport === "websocket" ? SpanKind.CLIENT : SpanKind.INTERNAL,
    startTime: start,
    attributes: maskAttributes(
      { ...turnStartAttributes(metadata), ...content.prompt(metadata.input) },
      redact,
    ),
  };
  const name = "invoke_agent codex";
  if (metadata.trace_id === undefined) {
    return { turn: starter.tracer.startSpan(name, options, caller), context: caller, start };
  }
  const links = linksTo(caller);
  const parent = rootOf(traceIdOf(metadata.trace_id), { caller, starter });
  const turn = starter.tracer.startSpan(name, { ...options, links }, parent);
  return { turn, context: caller, start };
}

function linksTo(caller: Context): Link[] {
  const active = trace.getSpan(caller)?.spanContext();
  return active && isSpanContextValid(active) ? [{ context: active }] : [];
}

/** A context from which the next span gets a trace id. */
function rootOf(
  traceId: string,
  { caller, starter }: { caller: Context; starter: TurnStarter },
): Context {
  if (starter.useTraceId) {
    starter.useTraceId(traceId);
    return trace.deleteSpan(caller);
  }
  // Ids of a provider of the host's come from its parent: a remote one that nobody has seen.
  const spanId = traceId.slice(0, 16);
  return trace.setSpanContext(caller, {
    traceId,
    spanId: /[^0]/.test(spanId) ? spanId : "1".padStart(16, "0"),
    traceFlags: TraceFlags.SAMPLED,
    isRemote: true,
  });
}
