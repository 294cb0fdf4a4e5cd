/** Room that is kept for the next text. A request of 512 spans takes about half of it. */
const KEPT_BYTES = 1024 * 1024;

/** The most bytes that a UTF-16 code unit takes. */
const MAX_UNIT_BYTES = 3;

/**
 * Gathers text as UTF-8 in one buffer that is used again. One long string instead, put together of
 * tens of thousands of parts, takes several times the CPU time: to be made one piece, to be encoded
 * into fresh memory, and to be cleared away (Node 20.20).
 */
export class Utf8Writer {
  readonly #encoder: TextEncoder = new TextEncoder();
  #buffer: Uint8Array<ArrayBuffer> = new Uint8Array(0);
  #length = 0;

  /** Adds text. */
  write(text: string): void {
    let rest = text;
    for (;;) {
      const { read, written } = this.#encoder.encodeInto(rest, this.#buffer.subarray(this.#length));
      this.#length += written;
      if (read === rest.length) return;
      rest = rest.slice(read);
      this.#grow(rest.length * MAX_UNIT_BYTES);
    }
  }

  /** Gives what was written, and begins anew. */
  take(): Uint8Array<ArrayBuffer> {
    const bytes = this.#buffer.slice(0, this.#length);
    this.clear();
    return bytes;
  }

  /** Forgets what was written. */
  clear(): void {
    this.#length = 0;
    if (this.#buffer.byteLength > KEPT_BYTES) this.#buffer = new Uint8Array(0);
  }

  #grow(bytes: number): void {
    const size = Math.max(this.#length + bytes, this.#buffer.byteLength * 2, KEPT_BYTES / 16);
    const buffer = new Uint8Array(size);
    buffer.set(this.#buffer.subarray(0, this.#length));
    this.#buffer = buffer;
  }
}
