import { letGo } from "./buffers.ts";

/** Keeps the last bytes of a stream. */
export class Tail {
  readonly #maxBytes: number;
  #chunks: Uint8Array[] = [];
  #length = 0;
  #isCut = false;

  /** Creates an empty tail that keeps at most `maxBytes`. */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** Takes the next bytes over: nobody else may use them any more. */
  push(chunk: Uint8Array): void {
    this.#chunks.push(chunk);
    this.#length += chunk.length;
    // Drops whole chunks only, so it costs no copy; text() cuts the rest.
    for (let first = this.#chunks[0]; first && this.#length - first.length >= this.#maxBytes;) {
      this.#chunks.shift();
      this.#length -= first.length;
      letGo(first);
      this.#isCut = true;
      first = this.#chunks[0];
    }
  }

  /** The last `maxBytes` bytes (or fewer) as text; a character cut at the front is left out. */
  text(maxBytes: number = this.#maxBytes): string {
    const all = new Uint8Array(this.#length);
    let offset = 0;
    for (const chunk of this.#chunks) {
      all.set(chunk, offset);
      offset += chunk.length;
    }
    let start = Math.max(0, all.length - Math.min(maxBytes, this.#maxBytes));
    if (start > 0 || this.#isCut) { while (isContinuation(all[start])) start++; }
    return new TextDecoder().decode(all.subarray(start));
  }
}

/** Whether a byte is inside a UTF-8 sequence (`10xxxxxx`). */
function isContinuation(byte: number | undefined): boolean {
  return byte !== undefined && (byte & 0xc0) === 0x80;
}
