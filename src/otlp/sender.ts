import { context, ROOT_CONTEXT } from "@opentelemetry/api";
import { suppressTracing } from "@opentelemetry/core";
import type { Attempt } from "./fetch_transport.ts";
import type { Gate } from "./gate.ts";
import type { Outbox } from "./outbox.ts";
import type { Payload, Retryable, SendResult } from "./send_result.ts";
import type { Ticket } from "./ticket.ts";

/** A request body on its way, with what it holds. */
export interface Parcel {
  payload: Payload;
  /** Bytes of the body. */
  size: number;
  /** Items in it. */
  count: number;
  /** How many of them belong to which call. */
  shares: Map<Ticket, number>;
}

/** What a {@linkcode Sender} works with. */
export interface SenderOptions {
  outbox: Outbox<Parcel>;
  gate: Gate;
  send: (attempt: Attempt) => Promise<SendResult>;
  concurrency: number;
  /** A parcel will not be tried again: the collector has decided. */
  onDecided: (parcel: Parcel, result: Exclude<SendResult, Retryable>) => void;
  /** An attempt failed and the parcel is back in the outbox, or lost if the sender is stopped. */
  onFailed: (parcel: Parcel, result: Retryable) => void;
  /** An attempt is over and everything is recorded. */
  onProgress: () => void;
}

/** Takes parcels from the outbox and sends them, several at once, one at a time after trouble. */
export class Sender {
  readonly #options: SenderOptions;
  readonly #abort: AbortController = new AbortController();
  readonly #inFlight: Set<Promise<void>> = new Set();

  constructor(options: SenderOptions) {
    this.#options = options;
  }

  /** Whether there is nothing to send and nothing in flight. */
  get idle(): boolean {
    return this.#inFlight.size === 0 && this.#options.outbox.length === 0;
  }

  /** Sends what may be sent now. */
  pump(): void {
    const { gate, outbox } = this.#options;
    while (!gate.closed && !this.#abort.signal.aborted && this.#inFlight.size < this.#limit) {
      const parcel = outbox.take();
      if (!parcel) return;
      const delivery = this.#deliver(parcel);
      this.#inFlight.add(delivery);
      delivery.finally(() => {
        this.#inFlight.delete(delivery);
        this.pump();
        this.#options.onProgress();
      });
    }
  }

  /** Breaks off what is in flight and sends no more. */
  async stop(): Promise<void> {
    this.#options.gate.stop();
    this.#abort.abort();
    await Promise.all(this.#inFlight);
  }

  get #limit(): number {
    return this.#options.gate.troubled ? 1 : this.#options.concurrency;
  }

  async #deliver(parcel: Parcel): Promise<void> {
    const { outbox, gate, send } = this.#options;
    const attempt = { payload: parcel.payload, count: parcel.count, abort: this.#abort.signal };
    // A host that traces fetch must not trace the export of its own spans, nor is this a part of
    // whatever request happened to end a span.
    const result = await context.with(suppressTracing(ROOT_CONTEXT), () => send(attempt));
    if (result.kind === "retry") {
      if (this.#abort.signal.aborted) outbox.release(parcel);
      else {
        outbox.restore(parcel);
        gate.fail(result.retryAfterMs);
      }
      this.#options.onFailed(parcel, result);
      return;
    }
    outbox.release(parcel);
    gate.succeed();
    this.#options.onDecided(parcel, result);
  }
}
