import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { StdioChannel } from "../../../src/core/app_server/stdio_channel.ts";
import type { SupervisedChild } from "../../../src/core/supervised_child.ts";
import { isCodexError } from "../../../src/errors.ts";

/** A child that prints these chunks, and takes its time for each write. */
function childOf(chunks: Iterable<Uint8Array>) {
  const written: string[] = [];
  let reads = 0;
  const child = {
    exited: new Promise(() => {}),
    stop: () => Promise.resolve(),
    stdin: {
      async write(bytes: Uint8Array) {
        await new Promise((resolve) => setTimeout(resolve));
        const text = new TextDecoder().decode(bytes);
        if (text.includes("refuse")) throw new Error("EPIPE");
        written.push(text);
      },
    },
    stdout: (async function* () {
      for (const chunk of chunks) {
        reads++;
        yield chunk;
      }
    })(),
  };
  const channel = new StdioChannel(child as unknown as SupervisedChild);
  return { channel, written, reads: () => reads };
}

const bytes = (text: string) => new TextEncoder().encode(text);

async function gather<T>(all: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const one of all) list.push(one);
  return list;
}

describe("StdioChannel", () => {
  it("has one message a line, however the bytes are cut, and leaves out what has no end", async () => {
    const { channel } = childOf(["{1}\n{", "2}\r\n\n", "{3}\n{4"].map(bytes));
    assert.deepEqual(await gather(channel.messages), ["{1}", "{2}", "{3}"]);
  });

  it("writes messages one after another, also after one that failed", async () => {
    const { channel, written } = childOf([]);
    const all = await Promise.allSettled(["a", "refuse", "b"].map((text) => channel.send(text)));
    assert.deepEqual(all.map(({ status }) => status), ["fulfilled", "rejected", "fulfilled"]);
    assert.deepEqual(written, ["a\n", "b\n"]);
  });

  it("refuses a line of more than 64 MiB before it has all of it", async () => {
    const { channel, reads } = childOf(function* () {
      for (let count = 0; count < 200; count++) yield new Uint8Array(1024 * 1024).fill(97);
    }());
    const error = await gather(channel.messages).catch((error: unknown) => error);
    assert.ok(isCodexError(error, "protocol_error"), String(error));
    assert.match(error.message, /67108864/);
    assert.ok(reads() >= 65);
  });

  it("reads on when nobody wants its messages, so that the child is not held up", async () => {
    const { channel, reads } = childOf(Array.from({ length: 50 }, (_, n) => bytes(`{${n}}\n`)));
    for await (const message of channel.messages) {
      if (message === "{1}") break;
    }
    while (reads() < 50) await new Promise((resolve) => setTimeout(resolve));
  });
});
