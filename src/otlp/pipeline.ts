import { diag } from "@opentelemetry/api";
import { CodexError } from "../errors.ts";
import { DEFAULT_BACKOFF } from "./backoff.ts";
import type { Clock, Timer } from "./clock.ts";
import { compress } from "./compress.ts";
import { DropLedger } from "./drop_ledger.ts";
import { type Codec, encodeAll } from "./encode.ts";
import type { Attempt } from "./fetch_transport.ts";
import { FlushList } from "./flush_list.ts";
import { Gate } from "./gate.ts";
import { Intake } from "./intake.ts";
import { type DropReason, type ExportObserver, notify } from "./observer.ts";
import type { Compression, ExporterError, ExporterStats } from "./options.ts";
import { Outbox } from "./outbox.ts";
import type { Payload, Refused, Retryable, SendResult } from "./send_result.ts";
import { type Parcel, Sender } from "./sender.ts";
import { type ResultCallback, Ticket } from "./ticket.ts";

/** Beyond this a waiting `export()` call is answered although its items are still on their way. */
const PATIENCE_MS = 1000;
/** What an item takes in the queue, until there is an average. */
const FIRST_GUESS_BYTES = 256;

/** What a {@linkcode Pipeline} is made of. */
export interface PipelineOptions<Item> {
  codec: Codec<Item>;
  send: (attempt: Attempt) => Promise<SendResult>;
  /** Lets go of sockets, after the last request. */
  close: () => void;
  clock: Clock;
  observer: ExportObserver;
  compression: Compression;
  concurrency: number;
  maxQueueBytes: number;
  maxRequestBytes: number;
  shutdownTimeoutMs: number;
  dropIntervalMs: number;
}

/** From `export()` to the collector: intake, encoding, outbox, sender, and the account of it all. */
export class Pipeline<Item> {
  readonly #options: PipelineOptions<Item>;
  readonly #intake: Intake<Item> = new Intake();
  readonly #outbox: Outbox<Parcel>;
  readonly #gate: Gate;
  readonly #sender: Sender;
  readonly #drops: DropLedger;
  readonly #open: Set<Ticket> = new Set();
  readonly #flushes: FlushList<Ticket> = new FlushList();
  #encoding: Promise<void> | undefined;
  #patience: Timer | undefined;
  #slow = false;
  #averageBytes = FIRST_GUESS_BYTES;
  #queued = 0;
  #exported = 0;
  #lastError: ExporterError | undefined;
  #stopped = false;
  #shutdown: Promise<void> | undefined;

  constructor(options: PipelineOptions<Item>) {
    const { clock } = options;
    this.#options = options;
    this.#outbox = new Outbox(options.maxQueueBytes);
    this.#gate = new Gate({ clock, policy: DEFAULT_BACKOFF, onOpen: () => this.#advance() });
    this.#drops = new DropLedger({
      clock,
      intervalMs: options.dropIntervalMs,
      announce: (reason, count) => this.#announce(reason, count),
    });
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

  /** Takes items; answers when they are delivered, given up, or in safe keeping for longer. */
  export(items: Item[], callback: ResultCallback): void {
    const count = items.reduce((sum, item) => sum + this.#options.codec.weight(item), 0);
    const ticket = new Ticket(count, callback);
    if (this.#shutdown) {
      this.#drops.add("after_shutdown", count);
      ticket.settle(count, this.#error("after_shutdown", "The exporter was shut down."));
      return;
    }
    if (items.length === 0) return ticket.acknowledge();
    this.#open.add(ticket);
    this.#queued += count;
    this.#intake.push(items, ticket);
    this.#makeRoom();
    if (this.#slow) queueMicrotask(() => ticket.acknowledge());
    else this.#startPatience();
    this.#encodeWhatIsDue();
  }

  /**
   * Waits until everything exported before the call is delivered or given up.
   * @throws {CodexError} `export_incomplete` when the time is up before that.
   */
  async forceFlush(timeoutMs: number = this.#options.shutdownTimeoutMs): Promise<void> {
    if (this.#shutdown) return await this.#shutdown;
    await this.#flush(timeoutMs);
    this.#drops.flush();
  }

  /**
   * Flushes, gives up what is left when the time is up, and refuses everything from then on.
   * @throws {CodexError} `export_incomplete` when something was left.
   */
  shutdown(): Promise<void> {
    return this.#shutdown ??= this.#stop();
  }

  /** What was done so far. */
  stats(): ExporterStats {
    return {
      exported: this.#exported,
      queued: this.#queued,
      dropped: this.#drops.total,
      ...(this.#lastError ? { lastError: { ...this.#lastError } } : {}),
    };
  }

  async #flush(timeoutMs: number): Promise<void> {
    if (this.#open.size === 0) return;
    const { clock, codec } = this.#options;
    const complete = this.#flushes.wait(this.#open, { clock, timeoutMs });
    this.#encodeWhatIsDue();
    if (await complete) return;
    throw new CodexError(
      "export_incomplete",
      `${this.#queued} ${codec.signal} items were not delivered within ${timeoutMs} ms.`,
      { details: { signal: codec.signal, left: this.#queued } },
    );
  }

  async #stop(): Promise<void> {
    try {
      await this.#flush(this.#options.shutdownTimeoutMs);
    } finally {
      this.#stopped = true;
      await this.#sender.stop();
      await this.#encoding;
      const left = this.#intake.take(this.#intake.size);
      this.#giveUp(this.#shares(left.items, left.tickets), "shutdown");
      for (const parcel of this.#outbox.clear()) this.#giveUp(parcel.shares, "shutdown");
      this.#patience?.cancel();
      this.#drops.flush();
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
    if (this.#intake.size >= this.#options.codec.maxItems || this.#flushes.active) return true;
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
    const { codec, maxRequestBytes, compression } = this.#options;
    const { items, tickets } = this.#intake.take(codec.maxItems);
    for (const run of encodeAll(items, { codec, maxBytes: maxRequestBytes })) {
      const shares = this.#shares(items.slice(run.from, run.to), tickets.slice(run.from, run.to));
      if ("bytes" in run) this.#store(await compress(run.bytes, compression), shares);
      else this.#giveUp(shares, run.reason, `An item was left out. ${run.message}`);
    }
  }

  #store(payload: Payload, shares: Map<Ticket, number>): void {
    const count = total(shares);
    const size = payload.bytes.byteLength;
    this.#averageBytes = Math.max(this.#averageBytes * 0.9 + (size / count) * 0.1, 1);
    const parcel = { payload, size, count, shares };
    for (const evicted of this.#outbox.push(parcel)) this.#giveUp(evicted.shares, "queue_full");
  }

  #makeRoom(): void {
    const { maxQueueBytes, codec } = this.#options;
    while (this.#outbox.bytes + this.#intake.size * this.#averageBytes > maxQueueBytes) {
      const parcel = this.#outbox.dropOldest();
      if (parcel) {
        this.#giveUp(parcel.shares, "queue_full");
        continue;
      }
      if (this.#intake.size <= codec.maxItems) return;
      const { items, tickets } = this.#intake.take(codec.maxItems);
      this.#giveUp(this.#shares(items, tickets), "queue_full");
    }
  }

  #decided(parcel: Parcel, result: Exclude<SendResult, Retryable>): void {
    if (result.kind === "refused") {
      this.#reportFailure(parcel, result);
      this.#giveUp(parcel.shares, "rejected", result.message, result.status);
      return;
    }
    const { signal } = this.#options.codec;
    const accepted = parcel.count - result.rejected;
    this.#exported += accepted;
    this.#drops.add("partial_success", result.rejected);
    if (result.rejected > 0) {
      this.#noteError("partial_success", result.message ?? "The collector refused a part.");
    } else if (result.message) diag.warn(`OTLP ${signal}: the collector says: ${result.message}`);
    if (accepted > 0) notify(() => this.#options.observer.exported?.({ signal, count: accepted }));
    this.#slow = this.#gate.troubled;
    this.#settle(parcel.shares);
  }

  #failed(parcel: Parcel, result: Retryable): void {
    this.#reportFailure(parcel, result);
    if (this.#stopped) this.#giveUp(parcel.shares, "shutdown");
    else this.#acknowledgeAll();
  }

  #acknowledgeAll(): void {
    this.#slow = true;
    for (const ticket of this.#open) ticket.acknowledge();
  }

  #startPatience(): void {
    const onEnd = () => {
      this.#patience = undefined;
      if (this.#open.size > 0) this.#acknowledgeAll();
    };
    this.#patience ??= this.#options.clock.setTimer(onEnd, {
      delayMs: PATIENCE_MS,
      background: true,
    });
  }

  #giveUp(
    shares: Map<Ticket, number>,
    reason: DropReason,
    message?: string,
    status?: number,
  ): void {
    if (shares.size === 0) return;
    this.#drops.add(reason, total(shares));
    if (message) this.#noteError(reason, message, status);
    this.#settle(shares, this.#error(reason, message ?? `Given up: ${reason}.`));
  }

  #settle(shares: Map<Ticket, number>, error?: Error): void {
    for (const [ticket, count] of shares) {
      this.#queued -= count;
      ticket.settle(count, error);
      if (!ticket.settled) continue;
      this.#open.delete(ticket);
      this.#flushes.remove(ticket);
    }
    if (this.#open.size > 0) return;
    this.#patience?.cancel();
    this.#patience = undefined;
  }

  #shares(items: Item[], tickets: Ticket[]): Map<Ticket, number> {
    const shares = new Map<Ticket, number>();
    items.forEach((item, index) => {
      const ticket = tickets[index]!;
      shares.set(ticket, (shares.get(ticket) ?? 0) + this.#options.codec.weight(item));
    });
    return shares;
  }

  #error(reason: DropReason, message: string): CodexError<"export_failed"> {
    const { signal } = this.#options.codec;
    return new CodexError("export_failed", message, { details: { signal, reason } });
  }

  #noteError(reason: string, message: string, status?: number): void {
    const time = this.#options.clock.now();
    this.#lastError = { reason, message, ...(status === undefined ? {} : { status }), time };
  }

  #reportFailure({ count }: Parcel, { reason, message, status }: Retryable | Refused): void {
    const { codec: { signal }, observer } = this.#options;
    this.#noteError(reason, message, status);
    diag.warn(`OTLP ${signal}: ${message}`);
    const optional = status === undefined ? {} : { status };
    notify(() => observer.failure?.({ signal, count, reason, message, ...optional }));
  }

  #announce(reason: DropReason, count: number): void {
    const { codec: { signal }, observer } = this.#options;
    diag.warn(`OTLP ${signal}: ${count} items given up (${reason}).`);
    notify(() => observer.dropped?.({ signal, count, reason }));
  }
}

function total(shares: Map<Ticket, number>): number {
  let sum = 0;
  for (const count of shares.values()) sum += count;
  return sum;
}
