import { context, ROOT_CONTEXT } from "@opentelemetry/api";
import { suppressTracing } from "@opentelemetry/core";
import { CodexError } from "../errors.ts";
import { Account } from "./account.ts";
import { retryDelayMs } from "./backoff.ts";
import { compress } from "./compress.ts";
import { encodeAll } from "./encode.ts";
import type { ExportPipeline, PipelineKind } from "./export_pipeline.ts";
import { Heartbeat } from "./heartbeat.ts";
import { Intake } from "./intake.ts";
import type { DropReason } from "./observer.ts";
import type { ExporterStats } from "./options.ts";
import type { PipelineOptions } from "./pipeline.ts";
import type { Payload, SendResult } from "./send_result.ts";
import { type ResultCallback, Ticket } from "./ticket.ts";

/** How often a flush looks what others have done: nothing of theirs can be waited for. */
const POLL_MS = 50;

/** A request body that is not delivered. */
interface Parcel {
  payload: Payload;
  /** Items in it. */
  count: number;
  /** The flush that sends it, or sent it when it was last heard of. */
  holder?: Heartbeat;
}

/** One call of `forceFlush()`. */
interface Flush {
  heartbeat: Heartbeat;
  deadline: number;
  abort: AbortSignal;
}

/**
 * Sends while somebody waits for a flush, and else only keeps: for platforms where what a request
 * began (a `fetch`, a timer, a promise) ends with it, without a word. Between flushes there is
 * nothing but data; what a flush was sending when its request ended, the next one sends again.
 */
export class FlushPipeline<Item> implements ExportPipeline<Item> {
  readonly #options: PipelineOptions<Item>;
  readonly #account: Account;
  readonly #intake: Intake<Item> = new Intake();
  /** Oldest first. */
  readonly #parcels: Set<Parcel> = new Set();
  #bytes = 0;
  #failures = 0;
  #opensAt = 0;
  #stopped = false;

  constructor(options: PipelineOptions<Item>) {
    this.#options = options;
    this.#account = new Account({ ...options, signal: options.codec.signal });
  }

  export(items: Item[], callback: ResultCallback): void {
    const count = items.reduce((sum, item) => sum + this.#options.codec.weight(item), 0);
    const ticket = new Ticket(count, callback);
    if (this.#stopped) {
      const message = "The exporter was shut down before this export.";
      ticket.settle(count, this.#account.dropped(count, { reason: "after_shutdown", message }));
      return;
    }
    ticket.acknowledge();
    if (items.length === 0) return;
    this.#account.received(count);
    this.#intake.push(items, ticket);
    // Bytes take less room than the items, and can be counted.
    if (this.#intake.size >= this.#options.codec.maxItems) this.#encode();
  }

  async forceFlush(timeoutMs: number = this.#options.shutdownTimeoutMs): Promise<void> {
    const { clock, codec: { signal } } = this.#options;
    const left = await this.#flush(clock.now() + timeoutMs);
    this.#account.flush();
    if (left === 0) return;
    const message = `${left} items of ${signal} were not delivered within ${timeoutMs} ms.`;
    throw new CodexError("export_incomplete", message, { details: { signal, left } });
  }

  async shutdown(): Promise<void> {
    this.#stopped = true;
    try {
      await this.forceFlush();
    } finally {
      this.#encode();
      for (const parcel of this.#parcels) this.#giveUp(parcel, "shutdown");
      this.#account.flush();
      this.#options.close();
    }
  }

  stats(): ExporterStats {
    return this.#account.stats();
  }

  /** Gives the number of items that are left when the time is up. */
  async #flush(deadline: number): Promise<number> {
    // What cannot be sent anyway travels together later.
    if (this.#opensAt > deadline) return this.#account.queued;
    this.#encode();
    const owed = [...this.#parcels];
    if (owed.length > 0) await this.#deliver(owed, deadline);
    const left = owed.filter((parcel) => this.#parcels.has(parcel));
    return left.reduce((sum, { count }) => sum + count, 0);
  }

  async #deliver(owed: readonly Parcel[], deadline: number): Promise<void> {
    const { clock } = this.#options;
    const heartbeat = new Heartbeat(clock);
    const abort = new AbortController();
    const options = { delayMs: Math.max(deadline - clock.now(), 0), background: true };
    const timer = clock.setTimer(() => abort.abort(), options);
    const flush = { heartbeat, deadline, abort: abort.signal };
    try {
      while (owed.some((parcel) => this.#parcels.has(parcel))) {
        if (abort.signal.aborted || this.#opensAt > deadline) return;
        await this.#advance(flush);
      }
    } finally {
      heartbeat.end();
      timer.cancel();
    }
  }

  /** Sends the oldest that nobody sends, or waits for a moment. */
  async #advance(flush: Flush): Promise<void> {
    const { clock } = this.#options;
    const parcel = this.#mayProbe() ? this.#nextFree() : undefined;
    if (parcel) return await this.#send(parcel, flush);
    const now = clock.now();
    const delayMs = Math.min(Math.max(this.#opensAt - now, POLL_MS), flush.deadline - now);
    await new Promise<void>((resolve) => clock.setTimer(resolve, { delayMs, background: false }));
  }

  /** After a failure, one request at a time when its wait is over. */
  #mayProbe(): boolean {
    if (this.#options.clock.now() < this.#opensAt) return false;
    return this.#failures === 0 || !Array.from(this.#parcels).some(isHeld);
  }

  #nextFree(): Parcel | undefined {
    for (const parcel of this.#parcels) if (!isHeld(parcel)) return parcel;
    return undefined;
  }

  async #send(parcel: Parcel, { heartbeat, abort }: Flush): Promise<void> {
    const { send, gzip } = this.#options;
    parcel.holder = heartbeat;
    if (!parcel.payload.gzip) this.#repack(parcel, await compress(parcel.payload.bytes, gzip));
    const attempt = { payload: parcel.payload, count: parcel.count, abort };
    // A host that traces fetch must not trace the export of its own spans.
    const result = await context.with(suppressTracing(ROOT_CONTEXT), () => send(attempt));
    // Silent for too long, and another flush has sent it again.
    if (!this.#parcels.has(parcel)) return;
    if (parcel.holder === heartbeat) delete parcel.holder;
    this.#settle(parcel, result);
  }

  #settle(parcel: Parcel, result: SendResult): void {
    const { clock, backoff: policy } = this.#options;
    if (result.kind === "retry") {
      this.#account.failed(parcel.count, result);
      const { retryAfterMs } = result;
      const random = clock.random();
      const delayMs = retryDelayMs(++this.#failures, { policy, random, retryAfterMs });
      this.#opensAt = Math.max(this.#opensAt, clock.now() + delayMs);
      return;
    }
    this.#failures = 0;
    if (result.kind === "refused") {
      this.#account.failed(parcel.count, result);
      return this.#giveUp(parcel, "rejected", result.message);
    }
    this.#remove(parcel);
    this.#account.settled(parcel.count);
    this.#account.accepted(parcel.count, result);
  }

  /** Encodes what has come in, and makes room for it. */
  #encode(): void {
    const { codec, maxRequestBytes, maxQueueBytes } = this.#options;
    const maxBytes = Math.min(maxRequestBytes, maxQueueBytes);
    while (this.#intake.size > 0) {
      const { items } = this.#intake.take(codec.maxItems, codec);
      for (const run of encodeAll(items, { codec, maxBytes })) {
        const part = items.slice(run.from, run.to);
        const count = part.reduce((sum, item) => sum + codec.weight(item), 0);
        if ("bytes" in run) {
          this.#add({ payload: { bytes: run.bytes, gzip: false }, count });
        } else this.#giveUpCount(count, run.reason, `An item was left out. ${run.message}`);
      }
    }
    for (const parcel of this.#parcels) {
      if (this.#bytes <= maxQueueBytes) return;
      this.#giveUp(parcel, "queue_full");
    }
  }

  #add(parcel: Parcel): void {
    this.#parcels.add(parcel);
    this.#bytes += parcel.payload.bytes.byteLength;
  }

  #remove(parcel: Parcel): void {
    if (this.#parcels.delete(parcel)) this.#bytes -= parcel.payload.bytes.byteLength;
  }

  #repack(parcel: Parcel, payload: Payload): void {
    if (this.#parcels.has(parcel)) {
      this.#bytes += payload.bytes.byteLength - parcel.payload.bytes.byteLength;
    }
    parcel.payload = payload;
  }

  #giveUp(parcel: Parcel, reason: DropReason, message?: string): void {
    this.#remove(parcel);
    this.#giveUpCount(parcel.count, reason, message);
  }

  #giveUpCount(count: number, reason: DropReason, message?: string): void {
    this.#account.settled(count);
    this.#account.dropped(count, { reason, ...(message ? { message } : {}) });
  }
}

/** Whether a flush that is still at work is sending a parcel. */
function isHeld({ holder }: Parcel): boolean {
  return holder !== undefined && !holder.gone;
}

/** Sends while a flush is waited for. */
export const FLUSH_PIPELINE: PipelineKind = {
  requestBound: true,
  queueBytes: 16 * 1024 * 1024,
  flushMs: 20_000,
  create: (options) => new FlushPipeline(options),
};
