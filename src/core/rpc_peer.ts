/**
 * JSON-RPC 2.0 over anything that carries messages, without the `jsonrpc` field, as the app-server
 * speaks it.
 * @module
 */
import { CodexError, isCodexError } from "../errors.ts";
import type { TraceCarrier } from "../events/sink.ts";
import { type JsonText, parseJson } from "../protocol/long_json.ts";
import { asFields, type Fields, isFields } from "../protocol/fields.ts";

/** A connection that carries whole messages both ways. */
export interface MessageChannel {
  /** Messages as they come; ends when the other side closed. */
  readonly messages: AsyncIterable<JsonText>;
  /** Resolves when the message is handed over, so that awaiting it is backpressure. */
  send(message: string): Promise<void>;
  /** Ends the connection. Idempotent, and never rejects. */
  close(): Promise<void>;
}

/** A request from the other side. */
export interface IncomingRequest {
  method: string;
  params: Fields;
}

/** What a peer is told of. */
export interface RpcHandlers {
  onNotification(method: string, params: Fields): void;
  /** Answers a request of the other side. Undefined means that the method is unknown here. */
  onRequest(request: IncomingRequest): Promise<unknown>;
  /** Describes the end of the connection, once it has ended by the other side. */
  describeEnd(cause: unknown): Promise<Error>;
  /** The connection has ended, and everything that waited was told. Called once. */
  onEnd(error: Error): void;
}

/** What goes with one request. */
export interface RequestOptions {
  trace?: TraceCarrier | undefined;
  signal?: AbortSignal | undefined;
}

/** Error codes of the JSON-RPC 2.0 specification. */
const METHOD_NOT_FOUND = -32601;
const INTERNAL_ERROR = -32603;

/** In characters. Far above any real message; beyond it the other side is broken. */
export const MAX_MESSAGE_LENGTH: number = 64 * 1024 * 1024;

interface Pending {
  method: string;
  resolve: (result: unknown) => void;
  reject: (error: Error) => void;
}

/** One side of a JSON-RPC connection. */
export class RpcPeer {
  readonly #channel: MessageChannel;
  readonly #handlers: RpcHandlers;
  readonly #pending = new Map<number, Pending>();
  readonly #maxMessageLength: number;
  #nextId = 1;
  #isOpen = true;
  #end: Error | undefined;

  /** Resolves with the reason when the connection has ended. Never rejects. */
  readonly ended: Promise<Error>;

  /** Starts to read from a channel. */
  constructor(
    channel: MessageChannel,
    handlers: RpcHandlers,
    options: { maxMessageLength?: number } = {},
  ) {
    this.#channel = channel;
    this.#handlers = handlers;
    this.#maxMessageLength = options.maxMessageLength ?? MAX_MESSAGE_LENGTH;
    this.ended = this.#read();
  }

  /** False as soon as there is nobody to talk to, which may be before it is known why. */
  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** How many requests wait for an answer. */
  get pendingCount(): number {
    return this.#pending.size;
  }

  /**
   * Sends a request and resolves with its result.
   * @throws {CodexError} `rpc_error` when the other side refuses; what `describeEnd` made when the
   * connection ends; the signal's reason when that is aborted.
   * @throws {TypeError} when JSON cannot express the parameters.
   */
  async request(method: string, params: unknown, options: RequestOptions = {}): Promise<unknown> {
    if (this.#end) throw this.#end;
    options.signal?.throwIfAborted();
    const id = this.#nextId++;
    const trace = options.trace ? { trace: options.trace } : {};
    const text = JSON.stringify({ id, method, params, ...trace });
    const { promise, forget } = this.#await(id, method, options.signal);
    try {
      // A channel that is full may take the message long after it is given up.
      return await Promise.race([promise, this.#send(text).then(() => promise)]);
    } finally {
      forget();
    }
  }

  /** Sends a notification. */
  async notify(method: string, params?: unknown): Promise<void> {
    if (this.#end) throw this.#end;
    await this.#send(JSON.stringify(params === undefined ? { method } : { method, params }));
  }

  /** Ends the connection; everything pending is rejected with the error. */
  async close(error: Error): Promise<void> {
    this.#finish(error);
    await this.#channel.close();
  }

  #await(id: number, method: string, signal: AbortSignal | undefined) {
    let onAbort: (() => void) | undefined;
    const promise = new Promise<unknown>((resolve, reject) => {
      this.#pending.set(id, { method, resolve, reject });
      onAbort = () => reject(signal?.reason);
      signal?.addEventListener("abort", onAbort, { once: true });
    });
    const forget = () => {
      this.#pending.delete(id);
      if (onAbort) signal?.removeEventListener("abort", onAbort);
    };
    return { promise, forget };
  }

  async #send(message: string): Promise<void> {
    try {
      await this.#channel.send(message);
    } catch (cause) {
      // The reader sees the end of the connection, too, and knows more of why; wait for its word.
      throw this.#end ?? await this.#handlers.describeEnd(cause);
    }
  }

  async #read(): Promise<Error> {
    let cause: unknown;
    try {
      for await (const message of this.#channel.messages) {
        if (this.#end) break;
        this.#receive(message);
      }
    } catch (error) {
      cause = error;
    }
    this.#isOpen = false;
    if (!this.#end) {
      const known = isProtocolError(cause) ? cause : await this.#handlers.describeEnd(cause);
      this.#finish(known);
    }
    await this.#channel.close();
    return this.#end!;
  }

  #finish(error: Error): void {
    if (this.#end) return;
    this.#end = error;
    this.#isOpen = false;
    const waiting = [...this.#pending.values()];
    this.#pending.clear();
    for (const { reject } of waiting) reject(error);
    this.#handlers.onEnd(error);
  }

  #receive(text: JsonText): void {
    const message = this.#parse(text);
    const { method, id } = message;
    if (typeof method !== "string") return this.#settle(message);
    const params = asFields(message["params"]);
    if (id === undefined) return this.#handlers.onNotification(method, params);
    void this.#answer(id, { method, params });
  }

  #parse(text: JsonText): Fields {
    if (text.length > this.#maxMessageLength) throw messageTooLong(this.#maxMessageLength, text);
    let message: unknown;
    try {
      message = parseJson(text);
    } catch {
      throw protocolError("it is no JSON", text);
    }
    if (!isFields(message)) throw protocolError("it is no object", text);
    return message;
  }

  #settle(message: Fields): void {
    const { id } = message;
    // An answer to a request that was given up is no news.
    const pending = typeof id === "number" ? this.#pending.get(id) : undefined;
    if (!pending) return;
    this.#pending.delete(id as number);
    if (message["error"] === undefined) return pending.resolve(message["result"]);
    const { code, message: text } = asFields(message["error"]);
    pending.reject(
      new CodexError("rpc_error", String(text ?? "The app-server refused a request."), {
        details: { method: pending.method, rpcCode: typeof code === "number" ? code : 0 },
      }),
    );
  }

  async #answer(id: unknown, request: IncomingRequest): Promise<void> {
    const answer = await this.#encodeAnswer(id, request);
    if (this.#end) return;
    await this.#send(answer).catch(() => {});
  }

  /** Whatever happens, there is an answer: the other side may wait for it for good. */
  async #encodeAnswer(id: unknown, request: IncomingRequest): Promise<string> {
    try {
      const result = await this.#handlers.onRequest(request);
      if (result !== undefined) return JSON.stringify({ id, result });
      const message = `Unknown method: ${request.method}`;
      return JSON.stringify({ id, error: { code: METHOD_NOT_FOUND, message } });
    } catch (error) {
      return JSON.stringify({ id, error: { code: INTERNAL_ERROR, message: messageOf(error) } });
    }
  }
}

/** The error for a message that is longer than any real one. */
export function messageTooLong(maxLength: number, text: JsonText): CodexError<"protocol_error"> {
  return protocolError(`it is longer than ${maxLength} characters`, text);
}

/** How much of a bad message an error shows. */
const MAX_SHOWN = 200;

function protocolError(what: string, text: JsonText): CodexError<"protocol_error"> {
  const shown = (typeof text === "string" ? text : text.start).slice(0, MAX_SHOWN);
  return new CodexError(
    "protocol_error",
    `A message of the app-server cannot be read: ${what}: ${shown}`,
    { details: { text: shown } },
  );
}

function isProtocolError(error: unknown): error is CodexError<"protocol_error"> {
  return isCodexError(error, "protocol_error");
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
