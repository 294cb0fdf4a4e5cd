/**
 * Chunks of bytes to lines of text, with work and memory linear in the input.
 * @module
 */
import { CodexError } from "../errors.ts";

/** No line of the CLI comes near this; beyond it the producer is broken. */
const DEFAULT_MAX_LINE_LENGTH = 256 * 1024 * 1024;

/** What a `LineSplitter` may be given. */
export interface LineSplitterOptions {
  /** In UTF-16 code units; 256 Mi by default. */
  maxLineLength?: number;
}

/**
 * Splits a stream of UTF-8 into lines, as asked for: `push` bytes, then `shift` lines until there
 * is none. A line ends with LF or CRLF; invalid UTF-8 becomes U+FFFD, a leading byte order mark is
 * dropped.
 */
export class LineSplitter {
  readonly #decoder = new TextDecoder();
  readonly #maxLineLength: number;
  /** Decoded text that is being cut into lines, and where the next one begins. */
  #text = "";
  #position = 0;
  /** Pieces of the line that has no end yet: joined once, so that a huge line costs no more. */
  #partial: string[] = [];
  #partialLength = 0;
  #shifted = 0;

  /** Creates an empty splitter. */
  constructor(options: LineSplitterOptions = {}) {
    this.#maxLineLength = options.maxLineLength ?? DEFAULT_MAX_LINE_LENGTH;
  }

  /** How many lines were taken out. */
  get lineNumber(): number {
    return this.#shifted;
  }

  /**
   * Takes the next bytes. All lines of the bytes before must have been shifted out.
   * @throws {CodexError} `line_too_long`.
   */
  push(bytes: Uint8Array): void {
    this.#text = this.#decoder.decode(bytes, STREAM);
    this.#position = 0;
    if (this.#partialLength + this.#text.length > this.#maxLineLength) this.#checkLength();
  }

  /** The next whole line, or undefined when more bytes are needed. */
  shift(): string | undefined {
    const end = this.#text.indexOf("\n", this.#position);
    if (end < 0) {
      this.#keepRest();
      return undefined;
    }
    const piece = this.#text.slice(this.#position, end);
    this.#position = end + 1;
    this.#shifted++;
    return withoutReturn(this.#partial.length === 0 ? piece : this.#joinPartial(piece));
  }

  /** The line that the end of the stream left without an end, if any. */
  end(): string | undefined {
    this.#text = this.#decoder.decode();
    this.#position = 0;
    const rest = this.#joinPartial(this.#text);
    this.#text = "";
    if (rest === "") return undefined;
    this.#shifted++;
    return withoutReturn(rest);
  }

  #keepRest(): void {
    if (this.#position < this.#text.length) {
      const rest = this.#text.slice(this.#position);
      this.#partial.push(rest);
      this.#partialLength += rest.length;
    }
    this.#text = "";
    this.#position = 0;
  }

  #joinPartial(last: string): string {
    this.#partial.push(last);
    const line = this.#partial.join("");
    this.#partial = [];
    this.#partialLength = 0;
    return line;
  }

  #checkLength(): void {
    const firstEnd = this.#text.indexOf("\n");
    const added = firstEnd < 0 ? this.#text.length : firstEnd;
    if (this.#partialLength + added <= this.#maxLineLength) return;
    const line = this.#shifted + 1;
    throw new CodexError(
      "line_too_long",
      `Line ${line} of the CLI's output is longer than ${this.#maxLineLength} characters.`,
      { details: { line, maxLength: this.#maxLineLength } },
    );
  }
}

const STREAM = { stream: true };

function withoutReturn(line: string): string {
  return line.endsWith("\r") ? line.slice(0, -1) : line;
}
