import type { ReadableSpan, Span, SpanProcessor } from "@opentelemetry/sdk-trace-base";
import type { Forwarder } from "./forwarder.ts";

/** The API's `TraceFlags.SAMPLED`. */
const SAMPLED = 1;

/** Gives spans that have ended to a forwarder. */
export class SpanForwarder implements SpanProcessor {
  readonly #forwarder: Forwarder<ReadableSpan>;

  /** Creates a processor in front of a forwarder. */
  constructor(forwarder: Forwarder<ReadableSpan>) {
    this.#forwarder = forwarder;
  }

  /** Nothing to do at the start of a span. */
  onStart(_span: Span): void {}

  /** Takes a span that has ended. */
  onEnd(span: ReadableSpan): void {
    if ((span.spanContext().traceFlags & SAMPLED) !== 0) this.#forwarder.push(span);
  }

  /** Has all spans delivered. */
  forceFlush(): Promise<void> {
    return this.#forwarder.forceFlush();
  }

  /** Has all spans delivered and closes the exporter. */
  shutdown(): Promise<void> {
    return this.#forwarder.shutdown();
  }
}
