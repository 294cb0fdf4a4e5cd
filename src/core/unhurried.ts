import { delay } from "./delay.ts";
import type { LineSplitter } from "./lines.ts";

/** Time for a pipe to fill. */
const FILL_MS = 1;

/**
 * Reads the bytes for a splitter. Those of a long line that comes in small pieces are read in fewer:
 * each read leaves garbage, under Deno several KB, and beside a long text the engine lets that pile
 * up.
 */
export function unhurried(
  bytes: AsyncIterable<Uint8Array>,
  splitter: Pick<LineSplitter, "isTrickling">,
): AsyncIterator<Uint8Array> {
  const iterator = bytes[Symbol.asyncIterator]();
  return {
    next: () => splitter.isTrickling ? delay(FILL_MS).then(() => iterator.next()) : iterator.next(),
  };
}
