/**
 * Messages as lines on the standard streams of a child.
 * @module
 */
import { letGo } from "../buffers.ts";
import type { JsonText } from "../../protocol/long_json.ts";
import { delay } from "../delay.ts";
import { LineSplitter } from "../lines.ts";
import { PendingRead } from "../pending_read.ts";
import { MAX_MESSAGE_LENGTH, type MessageChannel, messageTooLong } from "../rpc_peer.ts";
import { DRAIN_MS, type SupervisedChild } from "../supervised_child.ts";
import { unhurried } from "../unhurried.ts";

/** Carries one message a line to and from a child; closing it ends the child. */
export class StdioChannel implements MessageChannel {
  readonly #child: SupervisedChild;
  readonly #read: PendingRead<Uint8Array>;
  readonly #splitter = new LineSplitter({ maxLineBytes: MAX_MESSAGE_LENGTH });
  readonly #encoder = new TextEncoder();
  /** The write that is under way; each waits for the one before, so that lines never mix. */
  #writing: Promise<void> = Promise.resolve();

  /** Takes over the standard streams of a child. */
  constructor(child: SupervisedChild) {
    this.#child = child;
    this.#read = new PendingRead(unhurried(child.stdout, this.#splitter));
  }

  get messages(): AsyncIterable<JsonText> {
    return this.#lines();
  }

  send(message: string): Promise<void> {
    const bytes = this.#encoder.encode(`${message}\n`);
    const written = this.#writing.then(() => this.#child.stdin.write(bytes));
    this.#writing = written.catch(() => {});
    return written;
  }

  close(): Promise<void> {
    return this.#child.stop();
  }

  async *#lines(): AsyncGenerator<JsonText> {
    const splitter = this.#splitter;
    const drain = this.#boundDrain();
    try {
      for (let chunk = await this.#read.next(); chunk; chunk = await this.#read.next()) {
        push(splitter, chunk);
        for (let line = splitter.shift(); line !== undefined; line = splitter.shift()) {
          if (line !== "") yield line;
        }
      }
      // A line without an end was cut off by the end of the child, which is told by itself.
    } finally {
      drain.abort();
      // A child that writes to nobody could not end in order.
      void this.#read.discard(letGo);
    }
  }

  /** A command of the agent may hold the pipe open long after the server is gone. */
  #boundDrain(): AbortController {
    const over = new AbortController();
    void this.#child.exited.then(() => delay(DRAIN_MS, over.signal)).then(() => this.#read.end());
    return over;
  }
}

function push(splitter: LineSplitter, chunk: Uint8Array): void {
  try {
    splitter.push(chunk);
  } catch {
    throw messageTooLong(MAX_MESSAGE_LENGTH, "");
  }
}
