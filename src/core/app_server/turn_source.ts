/**
 * The events of one turn from the notifications of an app-server.
 * @module
 */
import { CodexError } from "../../errors.ts";
import type { ProcessSummary } from "../../events/catalogue.ts";
import type { AnyThreadEvent } from "../../protocol/events.ts";
import { asFields, type Fields, stringField } from "../../protocol/fields.ts";
import { delay } from "../delay.ts";
import type { NormalizedInput } from "../input.ts";
import { Moment } from "../moment.ts";
import { noTurnError } from "../no_turn_error.ts";
import type { IncomingRequest } from "../rpc_peer.ts";
import type { TurnSource } from "../turn_source.ts";
import { untilAborted } from "../until_aborted.ts";
import type { AppServerConnection, ThreadRoute } from "./connection.ts";
import { EventQueue } from "./event_queue.ts";
import { userInput } from "./params.ts";
import type { TurnDesk } from "./turn_desk.ts";

/** What a source needs around it. */
export interface AppServerSourceContext {
  connection: AppServerConnection;
  threadId: string;
  desk: TurnDesk;
}

/** How a turn begins. */
export interface TurnBeginning {
  /** The server's answer to the request for the turn. */
  asked: Promise<unknown>;
  /** Called before anything of the turn is announced. */
  prepare: () => Promise<void>;
  /** Gives up waiting; the turn itself is ended by `stop()`. */
  signal: AbortSignal;
}

/** How long the server may take to end a turn that it was asked to interrupt. */
const INTERRUPT_WAIT_MS = 5_000;

/** Reads the events of one turn. */
export class AppServerSource implements TurnSource, ThreadRoute {
  readonly isLive = true;
  readonly #context: AppServerSourceContext;
  readonly #unroute: () => void;
  readonly #events = new EventQueue();
  /** Aborted when nobody waits any more for what the server has asked. */
  readonly #over = new AbortController();
  /** The answers to requests of the server that are being made. */
  readonly #answers = new Set<Promise<unknown>>();
  readonly #completed = new Moment();
  /** The turn's id is known, or will never be. */
  readonly #identified = new Moment();
  /** Resolves when the turn has begun; undefined before it was asked for. */
  #begun: Promise<void> | undefined;
  /** What comes before that: it may be of an earlier turn, and nothing is prepared for it. */
  #early: { method: string; params: Fields }[] | undefined = [];
  #state: "running" | "completed" | "left" = "running";
  #failure: Error | undefined;
  #wake: (() => void) | undefined;
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

  /**
   * Waits until the turn has begun.
   * @throws {CodexError} when the server refuses it, and the signal's reason.
   */
  begin({ asked, prepare, signal }: TurnBeginning): Promise<void> {
    this.#begun = this.#accept(asked, prepare);
    return untilAborted(this.#begun, signal);
  }

  onNotification(method: string, params: Fields): void {
    if (this.#early) return void this.#early.push({ method, params });
    if (this.#state !== "running") return;
    const { desk } = this.#context;
    try {
      for (const event of desk.convert(method, params)) this.push(event);
    } catch (error) {
      // Of this turn alone, and not of all that share the connection.
      this.interrupt(error as Error);
    }
    if (this.#turnId !== undefined) this.#identified.reach();
    if (desk.converter.isOver) this.#complete();
  }

  async onRequest(request: IncomingRequest): Promise<unknown> {
    await this.#begun;
    if (this.#state !== "running") throw new Error("The turn is over.");
    const answer = this.#context.desk.answer(request, this.#over.signal);
    if (!answer) return undefined;
    this.#answers.add(answer);
    try {
      return await answer;
    } finally {
      this.#answers.delete(answer);
    }
  }

  onEnd(error: Error): void {
    if (this.#state === "completed") return;
    this.interrupt(error);
    this.#complete();
  }

  poll(): AnyThreadEvent | undefined {
    return this.#events.shift();
  }

  async fill(): Promise<boolean> {
    for (;;) {
      if (this.#events.length > 0) return true;
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
   * @throws {CodexError} `no_turn` when it runs no more; `rpc_error` when it takes no input.
   */
  async steer({ prompt, images }: NormalizedInput): Promise<void> {
    const input = userInput(prompt, images);
    await this.#ask("turn/steer", (expectedTurnId) => ({ expectedTurnId, input }));
  }

  /**
   * Asks the server to end the turn, whose last events then arrive as for any other.
   * @throws {CodexError} `no_turn` when it runs no more.
   */
  async requestInterrupt(): Promise<void> {
    await this.#ask("turn/interrupt", (turnId) => ({ turnId }));
  }

  async finish(): Promise<void> {
    this.#unroute();
    await Promise.allSettled(this.#answers);
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

  async #accept(asked: Promise<unknown>, prepare: () => Promise<void>): Promise<void> {
    try {
      const turnId = stringField(asFields(asFields(await asked)["turn"]), "id");
      if (turnId !== undefined) this.#context.desk.accept(turnId);
      await prepare();
    } catch (error) {
      this.#identified.reach();
      throw error;
    }
    if (this.#turnId !== undefined) this.#identified.reach();
    const early = this.#early ?? [];
    this.#early = undefined;
    for (const { method, params } of early) this.onNotification(method, params);
  }

  async #ask(
    method: string,
    params: (turnId: string) => object,
    signal?: AbortSignal,
  ): Promise<void> {
    const { connection, threadId, desk } = this.#context;
    await this.#identified.reached;
    if (this.#state !== "running" || this.#turnId === undefined) throw noTurnError();
    const options = { signal, trace: desk.trace };
    await connection.request(method, { threadId, ...params(this.#turnId) }, options);
  }

  #complete(): void {
    this.#state = "completed";
    this.#unroute();
    this.#over.abort();
    this.#wake?.();
    this.#identified.reach();
    this.#completed.reach();
  }

  /** Asks the server to end the turn; one that does not is given up, and its events are not read. */
  async #stop(): Promise<void> {
    // First, so that a tool or a person that is being waited for holds nothing up.
    this.#over.abort();
    if (this.#state === "running" && this.#begun && this.#context.connection.isOpen) {
      const { connection } = this.#context;
      if (!await this.#interruptTurn()) await connection.giveUp(deafError());
    }
    if (this.#state === "running") this.#state = "left";
    this.#unroute();
    await Promise.allSettled(this.#answers);
  }

  /**
   * Also a turn that the server has not begun yet: it would run on, with nobody to listen. False when
   * the server neither ends it nor refuses to.
   */
  async #interruptTurn(): Promise<boolean> {
    const timer = new AbortController();
    const asked = this.#ask("turn/interrupt", (turnId) => ({ turnId }), timer.signal)
      .then(() => this.#completed.reached, () => {});
    const heard = Promise.race([asked, this.#completed.reached]).then(() => true);
    const limit = delay(INTERRUPT_WAIT_MS, timer.signal).then(() => false);
    const isHeard = await Promise.race([heard, limit]);
    timer.abort();
    return isHeard;
  }
}

function deafError(): CodexError<"connection_lost"> {
  return new CodexError(
    "connection_lost",
    `The app-server did not end a turn within ${INTERRUPT_WAIT_MS} ms of being asked to.`,
    { details: {} },
  );
}
