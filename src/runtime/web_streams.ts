import { trim } from "../core/buffers.ts";

/** A stream of bytes that can be let go of while a read is pending. */
export interface ByteStream extends AsyncIterable<Uint8Array> {
  cancel(): void;
}

/**
 * Reads a web stream by its reader: cancelling it ends a pending read, which neither `return()` of
 * the stream's own iterator nor `cancel()` of the locked stream does.
 *
 * With `trims`, chunks take no more memory than they need: for streams that give each a buffer of
 * its own, which Deno (2.9) always makes of 64 KiB.
 */
export function byteStream(
  stream: ReadableStream<Uint8Array>,
  { trims = false }: { trims?: boolean } = {},
): ByteStream {
  const reader = stream.getReader();
  const iterator: AsyncIterator<Uint8Array> = {
    async next() {
      const { done, value } = await reader.read();
      if (done) return { done: true, value: undefined };
      return { done: false, value: trims ? trim(value) : value };
    },
  };
  return {
    [Symbol.asyncIterator]: () => iterator,
    cancel: () => void reader.cancel().catch(() => {}),
  };
}
