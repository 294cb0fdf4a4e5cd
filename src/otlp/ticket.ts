import { type ExportResult, ExportResultCode } from "@opentelemetry/core";
import { notify } from "./observer.ts";

/** Hears the outcome of one `export()` call. */
export type ResultCallback = (result: ExportResult) => void;

/** One `export()` call until all its items are delivered or given up. */
export class Ticket {
  #pending: number;
  #callback: ResultCallback | undefined;
  #error: Error | undefined;

  constructor(count: number, callback: ResultCallback) {
    this.#pending = count;
    this.#callback = callback;
  }

  /** Whether nothing of the call is left. */
  get settled(): boolean {
    return this.#pending <= 0;
  }

  /** Records that items were delivered or, with an error, given up. Answers at the last one. */
  settle(count: number, error?: Error): void {
    this.#pending -= count;
    this.#error ??= error;
    if (!this.settled) return;
    if (this.#error) this.#answer({ code: ExportResultCode.FAILED, error: this.#error });
    else this.acknowledge();
  }

  /**
   * Answers before the outcome is known: the items are in safe keeping. A batch processor waits
   * for the answer before it exports again, and loses spans when the wait is long.
   */
  acknowledge(): void {
    this.#answer({ code: ExportResultCode.SUCCESS });
  }

  #answer(result: ExportResult): void {
    const callback = this.#callback;
    this.#callback = undefined;
    if (callback) notify(() => callback(result));
  }
}
