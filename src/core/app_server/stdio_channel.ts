/**
 * Messages as lines on the standard streams of a child.
 * @module
 */
import { LineSplitter } from "../lines.ts";
import type { MessageChannel } from "../rpc_peer.ts";
import type { SupervisedChild } from "../supervised_child.ts";

/** Carries one message a line to and from a child; closing it ends the child. */
export class StdioChannel implements MessageChannel {
  readonly messages: AsyncIterable<string>;
  readonly #child: SupervisedChild;
  readonly #encoder = new TextEncoder();
  /** The write that is under way; each waits for the one before, so that lines never mix. */
  #writing: Promise<void> = Promise.resolve();

  /** Takes over the standard streams of a child. */
  constructor(child: SupervisedChild) {
    this.#child = child;
    this.messages = readLines(child.stdout);
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
}

async function* readLines(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const splitter = new LineSplitter();
  for await (const chunk of bytes) {
    splitter.push(chunk);
    for (let line = splitter.shift(); line !== undefined; line = splitter.shift()) {
      if (line !== "") yield line;
    }
  }
  // A line without an end was cut off by the end of the child, which is told by itself.
}
