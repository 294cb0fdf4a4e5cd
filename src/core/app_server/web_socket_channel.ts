/**
 * Messages on a WebSocket.
 * @module
 */
import { delay } from "../delay.ts";
import type { OpenSocket } from "../ports.ts";
import type { MessageChannel } from "../rpc_peer.ts";

/** Status code for a normal end (RFC 6455, 7.4.1). */
const NORMAL_CLOSURE = 1000;

/** `WebSocket.OPEN`, which Node 20 has no global for. */
const OPEN = 1;

/** While more than this is unsent, `send` waits. */
const HIGH_WATER_BYTES = 1024 * 1024;

/** How often it looks whether that has gone out; the API has no event for it. */
const DRAIN_POLL_MS = 10;

/** How long the other side may take to close its half. */
const CLOSE_WAIT_MS = 1_000;

/** Carries one message a frame over an open WebSocket. */
export class WebSocketChannel implements MessageChannel {
  readonly #socket: OpenSocket;
  /** The peer takes every message at once, so that this never grows. */
  readonly #queue: string[] = [];
  readonly #closed: Promise<void>;
  #wake: (() => void) | undefined;
  #isClosed = false;
  #closeCode: number | undefined;

  /** Takes over an open WebSocket. */
  constructor(socket: OpenSocket) {
    this.#socket = socket;
    socket.addEventListener("message", (event) => {
      if (this.#isClosed) return;
      this.#queue.push(String(event.data));
      this.#wake?.();
    });
    this.#closed = new Promise((resolve) => {
      socket.addEventListener("close", (event) => {
        this.#closeCode = event.code;
        this.#end();
        resolve();
      });
    });
  }

  /** The code that the connection was closed with, once it was. */
  get closeCode(): number | undefined {
    return this.#closeCode;
  }

  get messages(): AsyncIterable<string> {
    return this.#read();
  }

  async send(message: string): Promise<void> {
    if (this.#socket.readyState !== OPEN) throw new Error("The WebSocket is closed.");
    this.#socket.send(message);
    while (this.#socket.bufferedAmount > HIGH_WATER_BYTES && !this.#isClosed) {
      await delay(DRAIN_POLL_MS);
    }
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#socket.close(NORMAL_CLOSURE);
    const timer = new AbortController();
    await Promise.race([this.#closed, delay(CLOSE_WAIT_MS, timer.signal)]);
    timer.abort();
    if (this.#isClosed) return;
    // Nobody is there to close the other half.
    this.#end();
    this.#socket.terminate?.();
  }

  #end(): void {
    this.#isClosed = true;
    this.#wake?.();
  }

  async *#read(): AsyncGenerator<string> {
    for (;;) {
      const message = this.#queue.shift();
      if (message !== undefined) yield message;
      else if (this.#isClosed) return;
      else await new Promise<void>((resolve) => this.#wake = resolve);
    }
  }
}
