/**
 * Chunks of bytes to lines of text, with work and memory linear in the input.
 * @module
 */
import { CodexError } from "../errors.ts";
import { letGo } from "./buffers.ts";
import { type JsonText, LongJson } from "../protocol/long_json.ts";

/** No line of the CLI comes near this; beyond it the producer is broken. */
const DEFAULT_MAX_LINE_BYTES = 256 * 1024 * 1024;

/** A line that takes more is not held whole, but read as it arrives. */
const LONG_LINE_BYTES = 1024 * 1024;

/** Half of what a pipe holds. */
const SMALL_BYTES = 32 * 1024;

const LINE_FEED = 10;

/** What a `LineSplitter` may be given. */
export interface LineSplitterOptions {
  /** 256 MiB by default. */
  maxLineBytes?: number;
  /** 1 MiB by default. */
  longLineBytes?: number;
}

/**
 * Splits a stream of UTF-8 into lines, as asked for: `push` bytes, then `shift` lines until there
 * is none. A line ends with LF or CRLF; invalid UTF-8 becomes U+FFFD, a leading byte order mark is
 * dropped.
 *
 * Whole lines are decoded together and without the decoder's `stream` option, which in Node costs
 * several times as much. A line that is long and comes in several chunks is handed out as `LongJson`.
 */
export class LineSplitter {
  readonly #decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  readonly #maxLineBytes: number;
  readonly #longLineBytes: number;
  /** A whole line that came in several chunks; it goes before the others. */
  #first: JsonText | undefined;
  /** Whole lines, and where the next one begins. */
  #text = "";
  #position = 0;
  /** The bytes of the line that has no end yet, which are joined once. */
  #partial: Uint8Array[] = [];
  /** Takes them in their place when they are many. */
  #long: LongJson | undefined;
  #partialBytes = 0;
  /** How many bytes came last. */
  #lastBytes = 0;
  #isFirstLine = true;
  #shifted = 0;

  /** Creates an empty splitter. */
  constructor(options: LineSplitterOptions = {}) {
    this.#maxLineBytes = options.maxLineBytes ?? DEFAULT_MAX_LINE_BYTES;
    this.#longLineBytes = options.longLineBytes ?? LONG_LINE_BYTES;
  }

  /** How many lines were taken out. */
  get lineNumber(): number {
    return this.#shifted;
  }

  /** Whether a long line is under way, and comes in small pieces: one more will hardly end it. */
  get isTrickling(): boolean {
    return this.#long !== undefined && this.#lastBytes < SMALL_BYTES;
  }

  /**
   * Takes the next bytes over: nobody else may use them any more. All lines of the bytes before
   * must have been shifted out.
   * @throws {CodexError} `line_too_long`.
   */
  push(bytes: Uint8Array): void {
    this.#lastBytes = bytes.length;
    const end = bytes.lastIndexOf(LINE_FEED) + 1;
    this.#checkLength(bytes, end);
    if (end > 0) {
      this.#decodeLines(bytes, end);
    }
    if (end < bytes.length) this.#keep(bytes.subarray(end));
  }

  /** The next whole line, or undefined when more bytes are needed. */
  shift(): JsonText | undefined {
    if (this.#first !== undefined) {
      const first = this.#first;
      this.#first = undefined;
      return this.#take(first);
    }
    const end = this.#text.indexOf("\n", this.#position);
    if (end < 0) {
      this.#text = "";
      this.#position = 0;
      return undefined;
    }
    const line = this.#text.slice(this.#position, end);
    this.#position = end + 1;
    return this.#take(line);
  }

  /** The line that the end of the stream left without an end, if any. */
  end(): JsonText | undefined {
    return this.#partialBytes === 0 ? undefined : this.#take(this.#endPartial(new Uint8Array()));
  }

  /** Joins no more than the first line, which began in earlier bytes. */
  #decodeLines(bytes: Uint8Array, end: number): void {
    const firstEnd = this.#partialBytes === 0 ? 0 : bytes.indexOf(LINE_FEED) + 1;
    this.#first = firstEnd === 0 ? undefined : this.#endPartial(bytes.subarray(0, firstEnd - 1));
    this.#text = this.#decoder.decode(bytes.subarray(firstEnd, end));
    this.#position = 0;
    this.#isFirstLine = false;
  }

  #keep(bytes: Uint8Array): void {
    this.#partialBytes += bytes.length;
    this.#partial.push(bytes);
    if (this.#partialBytes <= this.#longLineBytes) return;
    this.#long ??= new LongJson({ dropsMark: this.#isFirstLine });
    for (const piece of this.#partial.splice(0)) {
      this.#long.push(piece);
      letGo(piece);
    }
  }

  #endPartial(last: Uint8Array): JsonText {
    const long = this.#long;
    if (!long) return this.#decoder.decode(this.#joinPartial(last));
    long.push(last);
    long.end();
    this.#long = undefined;
    this.#partialBytes = 0;
    return long;
  }

  #take(line: JsonText): JsonText {
    const isFirst = this.#shifted++ === 0;
    if (typeof line !== "string") return line;
    const start = isFirst && line.startsWith("\ufeff") ? 1 : 0;
    return line.slice(start, line.endsWith("\r") ? -1 : undefined);
  }

  #joinPartial(last: Uint8Array): Uint8Array {
    if (this.#partialBytes === 0) return last;
    const joined = new Uint8Array(this.#partialBytes + last.length);
    let offset = 0;
    for (const piece of [...this.#partial, last]) {
      joined.set(piece, offset);
      offset += piece.length;
    }
    this.#partial = [];
    this.#partialBytes = 0;
    return joined;
  }

  /** Only a line that began in earlier bytes, or has no end in these, can be longer than a chunk. */
  #checkLength(bytes: Uint8Array, end: number): void {
    if (this.#partialBytes + bytes.length <= this.#maxLineBytes) return;
    const first = end > 0 ? bytes.indexOf(LINE_FEED) : bytes.length;
    const longest = Math.max(this.#partialBytes + first, bytes.length - end);
    if (longest <= this.#maxLineBytes) return;
    const line = this.#shifted + 1;
    throw new CodexError(
      "line_too_long",
      `Line ${line} of the CLI's output is longer than ${this.#maxLineBytes} bytes.`,
      { details: { line, maxBytes: this.#maxLineBytes } },
    );
  }
}
