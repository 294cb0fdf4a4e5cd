import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { letGo, trim } from "../../src/core/buffers.ts";

describe("letGo()", () => {
  it("takes bytes away from all who hold them", () => {
    const bytes = new Uint8Array(1024);
    letGo(bytes);
    assert.equal(bytes.byteLength, 0);
    assert.equal(bytes.buffer.byteLength, 0);
  });

  it("can be asked for any number of buffers", () => {
    const all = Array.from({ length: 3 }, () => new Uint8Array(8));
    for (const bytes of all) letGo(bytes);
    assert.deepEqual(all.map(({ byteLength }) => byteLength), [0, 0, 0]);
  });

  it("leaves bytes alone that are part of more", () => {
    const bytes = new Uint8Array(16);
    letGo(bytes.subarray(8));
    assert.equal(bytes.byteLength, 16);
  });
});

describe("trim()", () => {
  it("gives the same bytes", () => {
    const bytes = new Uint8Array(16).fill(7);
    assert.deepEqual(trim(bytes.subarray(0, 3)), new Uint8Array(3).fill(7));
    assert.equal(trim(new Uint8Array(4)).byteLength, 4);
  });
});
