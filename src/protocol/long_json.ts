/**
 * JSON texts that are too long to be held whole beside what they say.
 * @module
 */
import { closingQuote, decodeString, wholeEscapes } from "./json_string.ts";
import { TakenStrings } from "./taken_strings.ts";

/** How much is decoded at once: strings of this size V8 leaves where they are and never copies. */
const SLICE_BYTES = 256 * 1024;

/** A string that is cut by the end of a slice is taken out when this much of it has come. */
const LONG_STRING_LENGTH = 4 * 1024;

/** How much of the start is kept to be shown. */
const SHOWN_LENGTH = 256;

/** A JSON text as it came, whole or in pieces. */
export type JsonText = string | LongJson;

/** How a text is read; the sizes are for tests. */
export interface LongJsonOptions {
  /** At least 4. */
  sliceBytes?: number;
  longStringLength?: number;
  /** Whether the text begins the output, where a byte order mark is no part of it. */
  dropsMark?: boolean;
}

/**
 * An object in JSON whose UTF-8 arrives in pieces. What makes a text long is a long string in it:
 * such a string is decoded as it arrives and kept as a rope of its pieces, and a mark stands for it
 * in the text, so that nothing is held twice. `JSON.parse` reads both the text and what is escaped
 * in the pieces, so that this is as strict as that, and gives the same.
 */
export class LongJson {
  readonly #decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  readonly #longStringLength: number;
  readonly #strings = new TakenStrings();
  /** Bytes that are not decoded yet. */
  readonly #buffer: Uint8Array<ArrayBuffer>;
  #buffered = 0;
  #dropsMark: boolean;
  #text = "";
  /** The string that is being taken out, as far as it has come. */
  #open: string | undefined;
  /** What cannot be used without what follows it: the start of a string, or of an escape. */
  #rest = "";
  #start = "";
  #length = 0;
  /** It cannot become an object in JSON any more, so nothing of it is kept. */
  #isBad = false;

  /** Creates one without any text. */
  constructor(options: LongJsonOptions = {}) {
    this.#buffer = new Uint8Array(options.sliceBytes ?? SLICE_BYTES);
    this.#longStringLength = options.longStringLength ?? LONG_STRING_LENGTH;
    this.#dropsMark = options.dropsMark ?? false;
  }

  /** How many characters have come, once all have; where it is no object in JSON, some are bytes. */
  get length(): number {
    return this.#length;
  }

  /** The first characters, to be shown. */
  get start(): string {
    return this.#start;
  }

  /** Takes a copy of the next bytes. */
  push(bytes: Uint8Array): void {
    if (this.#isBad && this.#start.length >= SHOWN_LENGTH) {
      // Strings that nobody wants would pile up until the collector gets to them.
      this.#length += bytes.length;
      return;
    }
    for (let start = 0; start < bytes.length;) {
      const part = bytes.subarray(start, start + this.#buffer.length - this.#buffered);
      this.#buffer.set(part, this.#buffered);
      this.#buffered += part.length;
      start += part.length;
      if (this.#buffered === this.#buffer.length) this.#decode(wholeCharacters(this.#buffer));
    }
  }

  /** Nothing more will come. */
  end(): void {
    this.#decode(this.#buffered);
  }

  /**
   * What the text says, once it has come whole. To be asked once.
   * @throws {SyntaxError} when it is no object in JSON.
   */
  parse(): unknown {
    if (this.#isBad || this.#open !== undefined) throw new SyntaxError("It is no object in JSON.");
    const text = this.#text + this.#rest;
    this.#text = this.#rest = "";
    const value: unknown = JSON.parse(text);
    this.#strings.putBack(value);
    return value;
  }

  #decode(byteLength: number): void {
    const decoded = this.#decoder.decode(this.#buffer.subarray(0, byteLength));
    this.#buffer.copyWithin(0, byteLength, this.#buffered);
    this.#buffered -= byteLength;
    const text = this.#dropsMark && decoded.startsWith("\ufeff") ? decoded.slice(1) : decoded;
    this.#dropsMark = false;
    this.#length += text.length;
    if (this.#start.length < SHOWN_LENGTH) {
      this.#start = (this.#start + text).slice(0, SHOWN_LENGTH);
    }
    if (!this.#isBad) this.#take(text);
  }

  #take(text: string): void {
    try {
      this.#scan(this.#rest + text);
      this.#isBad = !/^\s*(\{|$)/.test(this.#start);
    } catch {
      this.#isBad = true;
    }
    if (!this.#isBad) return;
    this.#text = this.#rest = "";
    this.#open = undefined;
    this.#strings.clear();
  }

  #scan(text: string): void {
    this.#rest = "";
    for (let position = 0; position < text.length;) {
      position = this.#open === undefined
        ? this.#scanText(text, position)
        : this.#scanString(this.#open, { text, position });
    }
  }

  /** Takes all up to a string that does not end here; the answer is where to go on. */
  #scanText(text: string, position: number): number {
    let quote = text.indexOf('"', position);
    for (let end = -1; quote >= 0; quote = text.indexOf('"', end + 1)) {
      end = closingQuote(text, quote + 1);
      if (end < 0) break;
    }
    if (quote < 0) quote = text.length;
    this.#text += text.slice(position, quote);
    if (text.length - quote > this.#longStringLength) {
      this.#open = "";
      return quote + 1;
    }
    this.#rest = text.slice(quote);
    return text.length;
  }

  /** Takes what there is of the string, and goes behind it. */
  #scanString(open: string, { text, position }: { text: string; position: number }): number {
    const end = closingQuote(text, position);
    const cut = end < 0 ? wholeEscapes(text, position) : end;
    const string = open + decodeString(text.slice(position, cut));
    if (end < 0) {
      this.#open = string;
      this.#rest = text.slice(cut);
      return text.length;
    }
    this.#text += this.#strings.take(string);
    this.#open = undefined;
    return end + 1;
  }
}

/**
 * What a JSON text says.
 * @throws {SyntaxError} when it is none.
 */
export function parseJson(text: JsonText): unknown {
  return typeof text === "string" ? JSON.parse(text) : text.parse();
}

/**
 * How many bytes of a full buffer are whole characters: all, or up to three less. A byte that
 * continues none may always be cut in front of: what came before it is whole, or never will be.
 */
function wholeCharacters(bytes: Uint8Array): number {
  for (let index = bytes.length - 1; index >= bytes.length - 3; index--) {
    const byte = bytes[index]!;
    if (byte < 0x80) break;
    if (byte >= 0xc0) return index;
  }
  return bytes.length;
}
