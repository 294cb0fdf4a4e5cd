import { CodexError } from "../errors.ts";
import type { Clock } from "./clock.ts";
import { DropLedger } from "./drop_ledger.ts";
import { type DropReason, type ExportObserver, notify, warn } from "./observer.ts";
import type { ExporterError, ExporterStats } from "./options.ts";
import type { Accepted, Refused, Retryable } from "./send_result.ts";
import type { Signal } from "./signal.ts";

/** What an {@linkcode Account} needs. */
export interface AccountOptions {
  signal: Signal;
  clock: Clock;
  observer: ExportObserver;
  dropIntervalMs: number;
}

/** Keeps count of every item of an exporter, and tells the outside what becomes of them. */
export class Account {
  readonly #options: AccountOptions;
  readonly #drops: DropLedger;
  #queued = 0;
  #exported = 0;
  #lastError: ExporterError | undefined;

  constructor(options: AccountOptions) {
    this.#options = options;
    this.#drops = new DropLedger({
      clock: options.clock,
      intervalMs: options.dropIntervalMs,
      announce: (reason, count) => this.#announce(reason, count),
    });
  }

  /** Items that are neither delivered nor given up. */
  get queued(): number {
    return this.#queued;
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

  /** Items came in. */
  received(count: number): void {
    this.#queued += count;
  }

  /** Items are delivered or given up. */
  settled(count: number): void {
    this.#queued -= count;
  }

  /** The collector took a request, but for the part it refused. */
  accepted(count: number, { rejected, message }: Accepted): void {
    const { signal, observer } = this.#options;
    const taken = count - rejected;
    this.#exported += taken;
    if (rejected > 0) {
      this.#note("partial_success", message ?? "The collector refused a part of a request.");
      this.#drops.add("partial_success", rejected);
    } else if (message) warn(`OTLP ${signal}: the collector says: ${message}`);
    if (taken > 0) notify(() => observer.exported?.({ signal, count: taken }));
  }

  /** An attempt to deliver items failed. */
  failed(count: number, { reason, message, status }: Retryable | Refused): void {
    const { signal, observer } = this.#options;
    this.#note(reason, message, status);
    warn(`OTLP ${signal}: ${message}`);
    const answer = status === undefined ? {} : { status };
    notify(() => observer.failure?.({ signal, count, reason, message, ...answer }));
  }

  /** Items are given up. Gives the error for the `export()` calls they came by. */
  dropped(count: number, options: { reason: DropReason; message?: string }): Error {
    const { reason, message } = options;
    const { signal } = this.#options;
    // A refusal is noted already, with its status.
    if (message && reason !== "rejected") this.#note(reason, message);
    this.#drops.add(reason, count);
    return new CodexError("export_failed", message ?? `Telemetry was given up: ${reason}.`, {
      details: { signal, reason },
    });
  }

  /** Announces the drops that are not announced yet. */
  flush(): void {
    this.#drops.flush();
  }

  #note(reason: string, message: string, status?: number): void {
    const time = this.#options.clock.now();
    this.#lastError = { reason, message, ...(status === undefined ? {} : { status }), time };
  }

  #announce(reason: DropReason, count: number): void {
    const { signal, observer } = this.#options;
    warn(`OTLP ${signal}: ${count} items were given up (${reason}).`);
    notify(() => observer.dropped?.({ signal, count, reason }));
  }
}
