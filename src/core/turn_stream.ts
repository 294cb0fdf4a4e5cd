/**
 * The stream of one turn's events, as its consumer sees it.
 * @module
 */
import { CodexError } from "../errors.ts";
import type { AnyThreadEvent, ThreadEvent } from "../protocol/events.ts";
import { eventKind } from "../protocol/kinds.ts";
import type { NormalizedInput } from "./input.ts";
import { onAbort } from "./on_abort.ts";
import type { TurnSource } from "./turn_source.ts";
import type { TurnTelemetry } from "./turn_telemetry.ts";
import { type EndReason, TurnVerdict } from "./turn_verdict.ts";

/** All that a stream needs. */
export interface TurnStreamOptions {
  telemetry: TurnTelemetry;
  /** Starts the turn. Called once, by the first `next()`; the signal is aborted when the turn ends. */
  open: (signal: AbortSignal) => Promise<TurnSource>;
  /** Sees each event before the consumer does. */
  observe: (kind: string, event: AnyThreadEvent) => void;
  /** Called once, when the turn is over and nothing of it is left. */
  release: () => Promise<void>;
  signal?: AbortSignal | undefined;
  timeoutMs?: number | undefined;
  idleTimeoutMs?: number | undefined;
}

type Result = IteratorResult<ThreadEvent, void>;

const DONE: Result = Object.freeze({ done: true, value: undefined });

/**
 * An async generator of events, written by hand because it hands out events that are at hand
 * without a pending promise each, and because its `return()` works while a `next()` waits.
 * Whatever way it ends, the turn's processes are gone and its telemetry has one end before the
 * consumer is told.
 */
export class TurnStream implements AsyncGenerator<ThreadEvent, void, undefined> {
  readonly #options: TurnStreamOptions;
  readonly #verdict = new TurnVerdict();
  readonly #ended = new AbortController();
  #opening: Promise<TurnSource> | undefined;
  #source: TurnSource | undefined;
  /** The last `next()` that waits, if one does. */
  #waiting: Promise<Result> | undefined;
  #ending: Promise<void> | undefined;
  /** Why the turn ended early; told to the consumer once. */
  #failure: Error | undefined;
  #liftAbort: (() => void) | undefined;
  #totalTimer: ReturnType<typeof setTimeout> | undefined;

  /** Creates a stream that has not begun; the first `next()` begins it. */
  constructor(options: TurnStreamOptions) {
    this.#options = options;
  }

  next(): Promise<Result> {
    if (this.#waiting) {
      const step = () => this.#poll() ?? this.#advance();
      return this.#wait(this.#waiting.then(step, step));
    }
    return this.#poll() ?? this.#wait(this.#advance());
  }

  /** The answer that needs no waiting; undefined when there is none. */
  #poll(): Promise<Result> | undefined {
    if (this.#ending) return this.#afterEnd();
    try {
      const event = this.#source?.poll();
      return event && Promise.resolve(this.#deliver(event));
    } catch (error) {
      this.interrupt(error as Error);
      return this.#afterEnd();
    }
  }

  /** Later calls queue behind this one, so that they are answered in the order they were made. */
  #wait(result: Promise<Result>): Promise<Result> {
    const settled = () => {
      if (this.#waiting === result) this.#waiting = undefined;
    };
    this.#waiting = result;
    result.then(settled, settled);
    return result;
  }

  /** Ends the turn, also in the middle, and resolves when nothing of it is left. */
  async return(): Promise<Result> {
    await this.#end({ cause: "left" });
    this.#failure = undefined;
    return DONE;
  }

  /** Ends the turn as `return()` does, then rejects with the error. */
  async throw(error: unknown): Promise<Result> {
    await this.return();
    throw error;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** Ends the turn as `return()` does. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.return();
  }

  /** Ends the turn with an error, at once, which the consumer gets from its `next()`. */
  interrupt(error: Error): void {
    if (this.#ending) return;
    this.#failure = error;
    void this.#end({ cause: "failed", error });
  }

  /** Adds input to the turn; only a transport that can be steered is asked. */
  async steer(input: NormalizedInput): Promise<void> {
    await (await this.#opening)?.steer?.(input);
  }

  /** Calls a function in which the turn's span is the active one. */
  within<T>(fn: () => T): T {
    return this.#options.telemetry.within(fn);
  }

  /** Asks for an orderly end of the turn; only a transport that can be asked is. */
  async requestInterrupt(): Promise<void> {
    await (await this.#opening)?.requestInterrupt?.();
  }

  /** Interrupts the turn, and resolves when nothing of it is left. */
  async close(error: Error): Promise<void> {
    this.interrupt(error);
    await this.#ending;
  }

  async #advance(): Promise<Result> {
    try {
      const source = this.#source ?? await this.#open();
      while (!this.#ending && await this.#fill(source)) {
        const event = source.poll();
        if (event) return this.#deliver(event);
      }
      if (!this.#ending) await source.finish({ isTold: this.#verdict.isKnown });
    } catch (error) {
      this.interrupt(error as Error);
    }
    void this.#end({ cause: "finished" });
    return await this.#afterEnd();
  }

  async #open(): Promise<TurnSource> {
    const { telemetry, open, signal, timeoutMs } = this.#options;
    telemetry.start();
    // A handler of the start may have ended the turn.
    if (this.#ending) throw new Error("The turn was ended as it began.");
    if (signal?.aborted) throw aborted(signal);
    if (signal) this.#liftAbort = onAbort(signal, () => this.interrupt(aborted(signal)));
    if (timeoutMs !== undefined) {
      this.#totalTimer = setTimeout(() => this.interrupt(timedOut("total", timeoutMs)), timeoutMs);
    }
    this.#opening = open(this.#ended.signal);
    return this.#source = await this.#opening;
  }

  async #fill(source: TurnSource): Promise<boolean> {
    const { idleTimeoutMs } = this.#options;
    const options = { isTold: this.#verdict.isKnown };
    if (idleTimeoutMs === undefined) return await source.fill(options);
    const timer = setTimeout(() => this.interrupt(timedOut("idle", idleTimeoutMs)), idleTimeoutMs);
    try {
      return await source.fill(options);
    } finally {
      clearTimeout(timer);
    }
  }

  #deliver(event: AnyThreadEvent): Result {
    const type: unknown = event.type;
    if (typeof type === "string") {
      const kind = eventKind(type);
      this.#verdict.observe(kind, event);
      if (!this.#source?.isLive) this.#options.telemetry.observe(kind, event);
      this.#options.observe(kind, event);
    }
    return { done: false, value: event as ThreadEvent };
  }

  /** What a `next()` answers once the turn is over: its failure once, then that it is done. */
  async #afterEnd(): Promise<Result> {
    await this.#ending;
    const failure = this.#failure;
    this.#failure = undefined;
    if (failure) throw failure;
    return DONE;
  }

  /** Ends everything once, for the first reason there is. */
  #end(reason: EndReason): Promise<void> {
    return this.#ending ??= this.#endOnce(reason);
  }

  async #endOnce(reason: EndReason): Promise<void> {
    const { telemetry, release } = this.#options;
    clearTimeout(this.#totalTimer);
    this.#liftAbort?.();
    this.#ended.abort(reason.cause === "failed" ? reason.error : undefined);
    const source = await this.#opening?.catch(() => undefined);
    if (reason.cause !== "finished") {
      source?.interrupt(
        reason.cause === "failed" ? reason.error : new Error("The stream was left."),
      );
      await source?.stop({ gently: this.#verdict.isKnown });
    }
    const outcome = this.#verdict.outcome(reason);
    if (outcome instanceof Error) telemetry.exception(outcome, source?.process());
    else telemetry.stop(outcome, source?.process());
    await release();
  }
}

function aborted(signal: AbortSignal): CodexError<"aborted"> {
  const cause: unknown = signal.reason;
  return new CodexError("aborted", "The operation was aborted", { details: {}, cause });
}

function timedOut(kind: "total" | "idle", timeoutMs: number): CodexError<"timeout"> {
  const what = kind === "total" ? "The turn took longer than" : "The agent said nothing for";
  return new CodexError("timeout", `${what} ${timeoutMs} ms.`, { details: { kind, timeoutMs } });
}
