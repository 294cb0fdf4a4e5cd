import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { LineSplitter } from "../../src/core/lines.ts";
import { PendingRead } from "../../src/core/pending_read.ts";
import { unhurried } from "../../src/core/unhurried.ts";

const encode = (text: string) => new TextEncoder().encode(text);

describe("unhurried()", () => {
  it("gives the same bytes, whether they trickle or not", async () => {
    async function* pieces() {
      for (const piece of ["one\n{", '"a":"long', ' long"', "}\ntwo\n"]) yield encode(piece);
    }
    const splitter = new LineSplitter({ longLineBytes: 4 });
    const reads = unhurried(pieces(), splitter);
    const trickled: boolean[] = [];
    const lines: string[] = [];
    for (let read = await reads.next(); !read.done; read = await reads.next()) {
      splitter.push(read.value);
      for (let line = splitter.shift(); line; line = splitter.shift()) {
        lines.push(typeof line === "string" ? line : JSON.stringify(line.parse()));
      }
      trickled.push(splitter.isTrickling);
    }
    assert.deepEqual(lines, ["one", '{"a":"long long"}', "two"]);
    assert.deepEqual(trickled, [false, true, true, false]);
  });

  it("can be ended while it waits", async () => {
    const read = new PendingRead(unhurried(new ReadableStream(), { isTrickling: true }));
    const next = read.next();
    read.end();
    assert.equal(await next, undefined);
  });
});

describe("LineSplitter.isTrickling", () => {
  it("is false while large pieces come", () => {
    const splitter = new LineSplitter({ longLineBytes: 4 });
    splitter.push(encode(`"${"x".repeat(64 * 1024)}`));
    assert.equal(splitter.isTrickling, false);
    splitter.push(encode("x"));
    assert.equal(splitter.isTrickling, true);
  });
});
