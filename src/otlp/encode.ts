/**
 * From finished items to request bodies.
 * @module
 */
import type { Signal } from "./signal.ts";

/** How the items of a signal are encoded. */
export interface Codec<Item> {
  signal: Signal;
  /** Items in one request. */
  maxItems: number;
  /** Whether what came by different calls must not share a request. */
  apart?: boolean;
  /** What an item counts for: 1, or for metrics its data points. */
  weight: (item: Item) => number;
  /** Encodes items as one request body. May throw for a value that JSON cannot hold. */
  encode(items: Item[]): Uint8Array<ArrayBuffer>;
}

/** A run of items, from index `from` up to `to`, and what became of it. */
export type Encoded =
  | { from: number; to: number; bytes: Uint8Array<ArrayBuffer> }
  | { from: number; to: number; reason: "too_large" | "encoding"; message: string };

/**
 * Encodes items into as few bodies of at most `maxBytes` as halving gives. A single item that is
 * larger, or that cannot be encoded, is given back with its reason, and takes no other with it.
 */
export function encodeAll<Item>(
  items: Item[],
  options: { codec: Codec<Item>; maxBytes: number },
): Encoded[] {
  const { codec, maxBytes } = options;
  const encodeRun = (from: number, to: number): Encoded[] => {
    const whole = from === 0 && to === items.length;
    const run = tryEncode(codec, whole ? items : items.slice(from, to));
    if (run.bytes && run.bytes.byteLength <= maxBytes) return [{ from, to, bytes: run.bytes }];
    if (to - from === 1) {
      if (!run.bytes) return [{ from, to, reason: "encoding", message: run.message }];
      const message =
        `It takes ${run.bytes.byteLength} bytes, more than the ${maxBytes} of a request.`;
      return [{ from, to, reason: "too_large", message }];
    }
    const middle = (from + to) >> 1;
    return [...encodeRun(from, middle), ...encodeRun(middle, to)];
  };
  return items.length === 0 ? [] : encodeRun(0, items.length);
}

function tryEncode<Item>(
  codec: Codec<Item>,
  items: Item[],
): { bytes: Uint8Array<ArrayBuffer> } | { bytes?: never; message: string } {
  try {
    return { bytes: codec.encode(items) };
  } catch (error) {
    return { message: `It cannot be encoded as JSON (${(error as Error)?.name ?? "error"}).` };
  }
}
