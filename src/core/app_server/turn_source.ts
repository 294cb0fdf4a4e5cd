/**
 * The events of one turn from the notifications of an app-server.
 * @module
 */
import type { ProcessSummary } from "../../events/catalogue.ts";
import type { AnyThreadEvent } from "../../protocol/events.ts";
import type { Fields } from "../../protocol/fields.ts";
import { delay } from "../delay.ts";
import type { NormalizedInput } from "../input.ts";
import type { IncomingRequest } from "../rpc_peer.ts";
import type { TurnSource } from "../turn_source.ts";
import type { AppServerConnection, ThreadRoute } from "./connection.ts";
import { userInput } from "./params.ts";
import type { TurnDesk } from "./turn_desk.ts";

/** What a source needs around it. */
export interface AppServerSourceContext {
  connection: AppServerConnection;
  threadId: string;
  desk: TurnDesk;
}

/** How long the server may take to end a turn that it was asked to interrupt. */
const INTERRUPT_WAIT_MS = 5_000;

/** Reads the events of one turn. */
export class AppServerSource implements TurnSource, ThreadRoute {
  readonly isLive = true;
  readonly #context: AppServerSourceContext;
  readonly #unroute: () => void;
  readonly #abort = new AbortController();
  #events: AnyThreadEvent[] = [];
  #position = 0;
  #state: "running" | "completed" | "left" = "running";
  #failure: Error | undefined;
  #wake: (() => void) | undefined;
  #onComplete: (() => void) | undefined;
  #stopping: Promise<void> | undefined;

  /**
   * Listens to a thread from now on.
   * @throws {CodexError} `thread_busy`.
   */
  constructor(context: AppServerSourceContext) {
    this.#context = context;
    this.#unroute = context.connection.route(context.threadId, this);
  }

  /** Announces an event and has it read in its turn. */
  push(event: AnyThreadEvent): void {
    this.#context.desk.announce(event);
    this.#events.push(event);
    this.#wake?.();
  }

  onNotification(method: string, params: Fields): void {
    if (this.#state === "completed") return;
    for (const event of this.#context.desk.convert(method, params)) this.push(event);
    if (this.#context.desk.converter.isOver) this.#complete();
  }

  onRequest(request: IncomingRequest, signal: AbortSignal): Promise<unknown> | undefined {
    return this.#context.desk.answer(request, AbortSignal.any([signal, this.#abort.signal]));
  }

  onEnd(error: Error): void {
    if (this.#state === "completed") return;
    this.interrupt(error);
    this.#complete();
  }

  poll(): AnyThreadEvent | undefined {
    const event = this.#events[this.#position];
    if (event === undefined) {
      this.#events = [];
      this.#position = 0;
      return undefined;
    }
    this.#position++;
    return event;
  }

  async fill(): Promise<boolean> {
    for (;;) {
      if (this.#position < this.#events.length) return true;
      if (this.#failure) throw this.#failure;
      if (this.#state !== "running") return false;
      await new Promise<void>((resolve) => this.#wake = resolve);
    }
  }

  interrupt(error: Error): void {
    this.#failure ??= error;
    this.#wake?.();
  }

  /**
   * Adds input to the turn that runs.
   * @throws {CodexError} `rpc_error` when no turn runs any more.
   */
  async steer({ prompt, images }: NormalizedInput): Promise<void> {
    const { connection, threadId } = this.#context;
    const input = userInput(prompt, images);
    await connection.request("turn/steer", { threadId, expectedTurnId: this.#turnId, input });
  }

  /** Asks the server to end the turn, whose last events then arrive as for any other. */
  async requestInterrupt(): Promise<void> {
    const { connection, threadId } = this.#context;
    await connection.request("turn/interrupt", { threadId, turnId: this.#turnId });
  }

  finish(): Promise<void> {
    this.#unroute();
    return Promise.resolve();
  }

  stop(): Promise<void> {
    return this.#stopping ??= this.#stop();
  }

  /** The process is the connection's, not the turn's. */
  process(): ProcessSummary | undefined {
    return undefined;
  }

  get #turnId(): string | undefined {
    return this.#context.desk.converter.turnId;
  }

  #complete(): void {
    this.#state = "completed";
    this.#unroute();
    this.#abort.abort();
    this.#wake?.();
    this.#onComplete?.();
  }

  /** Asks the server to end the turn; one that does not is left alone, and its events are not read. */
  async #stop(): Promise<void> {
    // First, so that a tool or a person that is being waited for holds nothing up.
    this.#abort.abort();
    const { connection } = this.#context;
    if (this.#state === "running" && !connection.end && this.#turnId !== undefined) {
      await this.#interruptTurn(this.#turnId);
    }
    if (this.#state === "running") this.#state = "left";
    this.#unroute();
  }

  async #interruptTurn(turnId: string): Promise<void> {
    const { connection, threadId } = this.#context;
    const timer = new AbortController();
    const completed = new Promise<void>((resolve) => this.#onComplete = resolve);
    const asked = connection.request("turn/interrupt", { threadId, turnId }, {
      signal: timer.signal,
    }).catch(() => {});
    const limit = delay(INTERRUPT_WAIT_MS, timer.signal);
    await Promise.race([completed, limit]);
    timer.abort();
    await asked;
  }
}
