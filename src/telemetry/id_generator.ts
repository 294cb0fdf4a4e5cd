import { type IdGenerator, RandomIdGenerator } from "@opentelemetry/sdk-trace";

/** Random ids, but for the next trace, whose id can be chosen. */
export class ChosenIdGenerator implements IdGenerator {
  readonly #random = new RandomIdGenerator();
  #next: string | undefined;

  /** Has the next root span, which must be started right after, carry this trace id. */
  useNext(traceId: string): void {
    this.#next = traceId;
  }

  /** The chosen id once, else a random one. */
  generateTraceId(): string {
    const traceId = this.#next ?? this.#random.generateTraceId();
    this.#next = undefined;
    return traceId;
  }

  /** A random id. */
  generateSpanId(): string {
    return this.#random.generateSpanId();
  }
}
