import { CodexError } from "../errors.ts";
import { Account } from "./account.ts";
import type { BackoffPolicy } from "./backoff.ts";
import type { Clock } from "./clock.ts";
import { compress } from "./compress.ts";
import { Desk } from "./desk.ts";
import { type Codec, encodeAll } from "./encode.ts";
import type { ExportPipeline, PipelineKind } from "./export_pipeline.ts";
import type { Attempt } from "./fetch_transport.ts";
import { Gate } from "./gate.ts";
import { type Chunk, Intake } from "./intake.ts";
import type { DropReason, ExportObserver } from "./observer.ts";
import type { ExporterStats } from "./options.ts";
import { Outbox } from "./outbox.ts";
import type { Gzip } from "./ports.ts";
import type { Payload, Retryable, SendResult } from "./send_result.ts";
import { type Parcel, Sender } from "./sender.ts";
import { type ResultCallback, Ticket } from "./ticket.ts";

/** What an item takes in the queue, until there is an average. */
const FIRST_GUESS_BYTES = 256;

/** What a {@linkcode Pipeline} is made of. */
export interface PipelineOptions<Item> {
  codec: Codec<Item>;
  send: (attempt: Attempt) => Promise<SendResult>;
  /** Lets go of sockets, after the last request. */
  close: () => void;
  clock: Clock;
  backoff: BackoffPolicy;
  observer: ExportObserver;
  /** Absent when bodies are sent as they are. */
  gzip: Gzip | undefined;
  concurrency: number;
  maxQueueBytes: number;
  maxRequestBytes: number;
  shutdownTimeoutMs: number;
  dropIntervalMs: number;
}

interface Run<Item> {
  weight: (item: Item) => number;
  from?: number;
  to?: number;
}

/** From `export()` to the collector: intake, encoding, outbox, sender. */
export class Pipeline<Item> implements ExportPipeline<Item> {
  readonly #options: PipelineOptions<Item>;
  readonly #account: Account;
  readonly #desk: Desk;
  readonly #intake: Intake<Item> = new Intake();
  readonly #outbox: Outbox<Parcel>;
  readonly #gate: Gate;
  readonly #sender: Sender;
  #encoding: Promise<void> | undefined;
  #averageBytes = FIRST_GUESS_BYTES;
  #stopped = false;
  #shutdown: Promise<void> | undefined;

  constructor(options: PipelineOptions<Item>) {
    const { clock, codec: { signal } } = options;
    this.#options = options;
    this.#account = new Account({ ...options, signal });
    this.#desk = new Desk(clock);
    this.#outbox = new Outbox(options.maxQueueBytes);
    this.#gate = new Gate({ clock, policy: options.backoff, onOpen: () => this.#advance() });
    this.#sender = new Sender({
      outbox: this.#outbox,
      gate: this.#gate,
      send: options.send,
      concurrency: options.concurrency,
      onDecided: (parcel, result) => this.#decided(parcel, result),
      onFailed: (parcel, result) => this.#failed(parcel, result),
      onProgress: () => this.#encodeWhatIsDue(),
    });
  }

  export(items: Item[], callback: ResultCallback): void {
    const count = items.reduce((sum, item) => sum + this.#options.codec.weight(item), 0);
    const ticket = new Ticket(count, callback);
    if (this.#shutdown) {
      const message = "The exporter was shut down before this export.";
      ticket.settle(count, this.#account.dropped(count, { reason: "after_shutdown", message }));
      return;
    }
    if (items.length === 0) return ticket.acknowledge();
    this.#account.received(count);
    this.#desk.open(ticket);
    this.#intake.push(items, ticket);
    this.#makeRoom();
    this.#encodeWhatIsDue();
  }

  async forceFlush(timeoutMs: number = this.#options.shutdownTimeoutMs): Promise<void> {
    if (this.#shutdown) return await this.#shutdown;
    await this.#flush(timeoutMs);
    this.#account.flush();
  }

  shutdown(): Promise<void> {
    return this.#shutdown ??= this.#stop();
  }

  stats(): ExporterStats {
    return this.#account.stats();
  }

  async #flush(timeoutMs: number): Promise<void> {
    const complete = this.#desk.flush(timeoutMs);
    this.#encodeWhatIsDue();
    if (await complete) return;
    const { signal } = this.#options.codec;
    const left = this.#account.queued;
    const message = `${left} items of ${signal} were not delivered within ${timeoutMs} ms.`;
    throw new CodexError("export_incomplete", message, { details: { signal, left } });
  }

  async #stop(): Promise<void> {
    try {
      await this.#flush(this.#options.shutdownTimeoutMs);
    } finally {
      this.#stopped = true;
      await this.#sender.stop();
      await this.#encoding;
      if (this.#intake.size > 0) {
        const left = this.#intake.take(this.#intake.size);
        this.#giveUp(sharesOf(left, this.#options.codec), "shutdown");
      }
      for (const parcel of this.#outbox.clear()) this.#giveUp(parcel.shares, "shutdown");
      this.#account.flush();
      this.#options.close();
    }
  }

  #advance(): void {
    this.#sender.pump();
    this.#encodeWhatIsDue();
  }

  /** Small batches wait while a request is under way, so that single spans travel together. */
  get #encodingIsDue(): boolean {
    if (this.#intake.size === 0 || this.#stopped) return false;
    if (this.#intake.size >= this.#options.codec.maxItems || this.#desk.flushing) return true;
    return this.#sender.idle && !this.#gate.closed;
  }

  #encodeWhatIsDue(): void {
    if (this.#encoding || !this.#encodingIsDue) return;
    this.#encoding = this.#encodeAll().finally(() => {
      this.#encoding = undefined;
      this.#encodeWhatIsDue();
    });
  }

  async #encodeAll(): Promise<void> {
    await Promise.resolve(); // All that ends in one go travels together.
    while (this.#encodingIsDue) {
      await this.#encodeOne();
      this.#sender.pump();
      // A long queue must not keep the host's own work waiting.
      if (this.#intake.size > 0) await new Promise((resolve) => setTimeout(resolve, 0));
    }
  }

  async #encodeOne(): Promise<void> {
    const { codec, maxRequestBytes, maxQueueBytes, gzip } = this.#options;
    const chunk = this.#intake.take(codec.maxItems, codec);
    const maxBytes = Math.min(maxRequestBytes, maxQueueBytes);
    for (const run of encodeAll(chunk.items, { codec, maxBytes })) {
      const shares = sharesOf(chunk, { weight: codec.weight, from: run.from, to: run.to });
      if ("bytes" in run) {
        const payload = await compress(run.bytes, gzip);
        const average = payload.bytes.byteLength / (run.to - run.from);
        this.#averageBytes = this.#averageBytes * 0.9 + average * 0.1;
        this.#store(payload, shares);
      } else this.#giveUp(shares, run.reason, `An item was left out. ${run.message}`);
    }
  }

  #store(payload: Payload, shares: Map<Ticket, number>): void {
    const parcel = { payload, size: payload.bytes.byteLength, count: total(shares), shares };
    for (const evicted of this.#outbox.push(parcel)) this.#giveUp(evicted.shares, "queue_full");
  }

  /** What is not yet encoded counts by what such items take on average once they are. */
  #makeRoom(): void {
    const { maxQueueBytes, codec } = this.#options;
    while (this.#outbox.bytes + this.#intake.size * this.#averageBytes > maxQueueBytes) {
      const parcel = this.#outbox.dropOldest();
      if (!parcel && this.#intake.size <= codec.maxItems) return;
      const shares = parcel?.shares ?? sharesOf(this.#intake.take(codec.maxItems), codec);
      this.#giveUp(shares, "queue_full");
    }
  }

  #decided(parcel: Parcel, result: Exclude<SendResult, Retryable>): void {
    if (result.kind === "refused") {
      this.#account.failed(parcel.count, result);
      this.#giveUp(parcel.shares, "rejected", result.message);
      return;
    }
    if (!this.#gate.troubled) this.#desk.relax();
    this.#account.settled(parcel.count);
    this.#account.accepted(parcel.count, result);
    this.#desk.settle(parcel.shares);
  }

  #failed(parcel: Parcel, result: Retryable): void {
    this.#account.failed(parcel.count, result);
    if (this.#stopped) this.#giveUp(parcel.shares, "shutdown");
    else this.#desk.hurry();
  }

  #giveUp(shares: Map<Ticket, number>, reason: DropReason, message?: string): void {
    const count = total(shares);
    this.#account.settled(count);
    const error = this.#account.dropped(count, { reason, ...(message ? { message } : {}) });
    this.#desk.settle(shares, error);
  }
}

/** Sends at once, and tries again by itself. */
export const PIPELINE: PipelineKind = {
  requestBound: false,
  queueBytes: 64 * 1024 * 1024,
  flushMs: 30_000,
  create: (options) => new Pipeline(options),
};

/** What a run of a chunk counts for each call it came by. */
function sharesOf<Item>(
  { items, owners }: Chunk<Item>,
  { weight, from = 0, to = items.length }: Run<Item>,
): Map<Ticket, number> {
  const shares = new Map<Ticket, number>();
  for (const owner of owners) {
    const end = Math.min(to, owner.to);
    let share = 0;
    for (let index = Math.max(from, owner.from); index < end; index++) {
      share += weight(items[index]!);
    }
    if (share > 0) shares.set(owner.ticket, (shares.get(owner.ticket) ?? 0) + share);
  }
  return shares;
}

function total(shares: Map<Ticket, number>): number {
  let sum = 0;
  for (const count of shares.values()) sum += count;
  return sum;
}
