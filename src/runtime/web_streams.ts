/** A stream of bytes that can be let go of while a read is pending. */
export interface ByteStream extends AsyncIterable<Uint8Array> {
  cancel(): void;
}

/**
 * Reads a web stream by its reader: cancelling it ends a pending read, which neither `return()` of
 * the stream's own iterator nor `cancel()` of the locked stream does.
 */
export function byteStream(stream: ReadableStream<Uint8Array>): ByteStream {
  const reader = stream.getReader();
  const iterator: AsyncIterator<Uint8Array> = {
    async next() {
      const { done, value } = await reader.read();
      return done ? { done: true, value: undefined } : { done: false, value };
    },
  };
  return {
    [Symbol.asyncIterator]: () => iterator,
    cancel: () => void reader.cancel().catch(() => {}),
  };
}
