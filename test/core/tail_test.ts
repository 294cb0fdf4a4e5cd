import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Tail } from "../../src/core/tail.ts";

const encode = (text: string) => new TextEncoder().encode(text);

function tailOf(pieces: readonly Uint8Array[], maxBytes: number): Tail {
  const tail = new Tail(maxBytes);
  for (const piece of pieces) tail.push(piece);
  return tail;
}

describe("Tail", () => {
  it("keeps everything up to its limit, and the end beyond it", () => {
    assert.equal(tailOf([], 4).text(), "");
    assert.equal(tailOf([encode("ab"), encode("cd")], 4).text(), "abcd");
    assert.equal(tailOf([encode("ab"), encode("cd"), encode("e")], 4).text(), "bcde");
    assert.equal(tailOf([encode("abcdefgh")], 4).text(), "efgh");
    assert.equal(tailOf([encode("ab"), new Uint8Array(), encode("c")], 2).text(), "bc");
  });

  it("gives less when asked for less", () => {
    assert.equal(tailOf([encode("abcdef")], 5).text(2), "ef");
    assert.equal(tailOf([encode("abcdef")], 5).text(100), "bcdef");
  });

  it("leaves out a character that was cut, wherever the cut fell", () => {
    const text = encode("€€€");
    for (let maxBytes = 6; maxBytes < 9; maxBytes++) {
      assert.equal(tailOf([text], maxBytes).text(), "€€");
      const bytes = Array.from(text, (byte) => new Uint8Array([byte]));
      assert.equal(tailOf(bytes, maxBytes).text(), "€€");
    }
  });
});
