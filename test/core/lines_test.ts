import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { LineSplitter, type LineSplitterOptions } from "../../src/core/lines.ts";
import { isCodexError } from "../../src/errors.ts";
import { type JsonText, LongJson } from "../../src/protocol/long_json.ts";

const encode = (text: string) => new TextEncoder().encode(text);

/** All lines of some bytes that arrive in pieces; of a long one only what it says. */
function split(pieces: Iterable<Uint8Array>, options?: LineSplitterOptions): unknown[] {
  const splitter = new LineSplitter(options);
  const lines: unknown[] = [];
  const take = (line: JsonText) => lines.push(line instanceof LongJson ? line.parse() : line);
  for (const piece of pieces) {
    splitter.push(piece);
    for (let line = splitter.shift(); line !== undefined; line = splitter.shift()) take(line);
  }
  const rest = splitter.end();
  if (rest !== undefined) take(rest);
  assert.equal(splitter.lineNumber, lines.length);
  return lines;
}

function* inPieces(bytes: Uint8Array, size: number): Iterable<Uint8Array> {
  for (let start = 0; start < bytes.length; start += size) yield bytes.slice(start, start + size);
}

describe("LineSplitter", () => {
  it("gives the same lines however the bytes are cut", () => {
    const lines = ["one", "", "é€😀 \u2028 two", "with \r inside", "x".repeat(50), "end"];
    const bytes = encode(lines.join("\n"));
    for (let size = 1; size <= bytes.length; size++) {
      assert.deepEqual(split(inPieces(bytes, size)), lines, `pieces of ${size}`);
    }
  });

  it("takes LF and CRLF, cut anywhere, and no other end of line", () => {
    const bytes = encode("a\r\nb\nc\r\n\r\nd\re");
    for (let size = 1; size <= 4; size++) {
      assert.deepEqual(split(inPieces(bytes, size)), ["a", "b", "c", "", "d\re"]);
    }
  });

  it("gives a last line without an end, and none for nothing", () => {
    assert.deepEqual(split([encode("a\nb")]), ["a", "b"]);
    assert.deepEqual(split([encode("a\n")]), ["a"]);
    assert.deepEqual(split([]), []);
    assert.deepEqual(split([new Uint8Array()]), []);
    assert.deepEqual(split([encode("a"), new Uint8Array(), encode("\n")]), ["a"]);
  });

  it("drops a byte order mark at the start, and only there", () => {
    for (let size = 1; size <= 4; size++) {
      assert.deepEqual(split(inPieces(encode("\ufeffa\n\ufeffb\n"), size)), ["a", "\ufeffb"]);
    }
    assert.deepEqual(split([encode("\ufeffa")]), ["a"]);
  });

  it("shows bytes that are no UTF-8 as U+FFFD", () => {
    assert.deepEqual(split([new Uint8Array([0x61, 0xff, 0x0a, 0xe2, 0x82])]), [
      "a\ufffd",
      "\ufffd",
    ]);
  });

  it("counts the lines that were taken out", () => {
    const splitter = new LineSplitter();
    splitter.push(encode("a\nb\nc"));
    assert.equal(splitter.lineNumber, 0);
    splitter.shift();
    assert.equal(splitter.lineNumber, 1);
    splitter.shift();
    splitter.shift();
    assert.equal(splitter.lineNumber, 2);
  });

  it("reads a line of 32 MiB that comes in small pieces", () => {
    const pieces = function* () {
      yield encode('{"text":"');
      for (let count = 0; count < 8192; count++) yield encode("x".repeat(4096));
      yield encode('"}\nnext');
    };
    const [line, next] = split(pieces()) as [{ text: string }, string];
    assert.equal(line.text.length, 32 * 1024 * 1024);
    assert.equal(next, "next");
  });

  it("reads long lines as they arrive, among others, wherever they are cut", () => {
    const bytes = encode('\ufeff{"a":"first"}\r\nshort\n{"b":"other"}\n\n{"c":"no end"}');
    const expected = [{ a: "first" }, "short", { b: "other" }, "", { c: "no end" }];
    for (let size = 1; size <= bytes.length; size++) {
      const lines = split(inPieces(bytes, size), { longLineBytes: 8 });
      // One that is whole in one piece is no long line.
      const said = lines.map((line) => String(line).startsWith("{") ? JSON.parse(`${line}`) : line);
      assert.deepEqual(said, expected, `pieces of ${size}`);
      if (size <= 4) assert.deepEqual(lines, expected);
    }
  });

  it("takes a byte order mark of a long line for a part of it, unless it is the first", () => {
    const bytes = encode('1\n\ufeff{"a":"b"}\n');
    assert.throws(() => split(inPieces(bytes, 2), { longLineBytes: 4 }), SyntaxError);
  });

  it("refuses a line that is too long, with or without an end, and tells its number", () => {
    const attempts = [["1\n", "12345678901"], ["1\n12345", "678901"], ["1\n12345", "678901\n2\n"]];
    for (const pieces of attempts) {
      assert.throws(() => split(pieces.map(encode), { maxLineBytes: 10 }), (error) => {
        assert.ok(isCodexError(error, "line_too_long"));
        assert.deepEqual(error.details, { line: 2, maxBytes: 10 });
        return true;
      });
    }
    const fitting = ["1234567890\n12345", "67890\n1", "234567890\n"];
    assert.equal(split(fitting.map(encode), { maxLineBytes: 10 }).length, 3);
  });
});
