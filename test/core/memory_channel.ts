import type { MessageChannel } from "../../src/core/rpc_peer.ts";

/** A message as the other side sees it. */
export interface Sent {
  id?: number | string;
  method?: string;
  params?: unknown;
  result?: unknown;
  error?: { code: number; message: string };
  trace?: unknown;
}

/** A channel whose other side is the test. */
export class MemoryChannel implements MessageChannel {
  /** What was sent, parsed. */
  readonly sent: Sent[] = [];
  /** How often it was closed. */
  closeCount = 0;
  /** Called for everything that is sent; a throw makes the sending fail. */
  onSend: (message: Sent) => void | Promise<void> = () => {};
  readonly #queue: string[] = [];
  #wake: (() => void) | undefined;
  #over: { error?: unknown } | undefined;

  /** Hands a message to the peer. */
  receive(message: object | string): void {
    this.#queue.push(typeof message === "string" ? message : JSON.stringify(message));
    this.#wake?.();
  }

  /** The other side ends, or breaks with an error. */
  end(error?: unknown): void {
    this.#over ??= error === undefined ? {} : { error };
    this.#wake?.();
  }

  get messages(): AsyncIterable<string> {
    return this.#read();
  }

  async send(text: string): Promise<void> {
    const message = JSON.parse(text) as Sent;
    this.sent.push(message);
    await this.onSend(message);
  }

  close(): Promise<void> {
    this.closeCount++;
    this.end();
    return Promise.resolve();
  }

  async *#read(): AsyncGenerator<string> {
    for (;;) {
      const message = this.#queue.shift();
      if (message !== undefined) yield message;
      else if (this.#over && "error" in this.#over) throw this.#over.error;
      else if (this.#over) return;
      else await new Promise<void>((resolve) => this.#wake = resolve);
    }
  }
}
