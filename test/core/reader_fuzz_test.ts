import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { describe, it } from "node:test";
import fc from "fast-check";
import { LineSplitter, type LineSplitterOptions } from "../../src/core/lines.ts";
import { isCodexError } from "../../src/errors.ts";
import type { JsonText } from "../../src/protocol/long_json.ts";
import { parseEvent } from "../../src/protocol/parse.ts";
import { createEngine } from "./engine.ts";
import { assertNothingLeft } from "./nothing_left.ts";
import { shellCli } from "./shell_cli.ts";

/** The events of some bytes that arrive in pieces, as the exec transport reads them. */
function read(pieces: readonly Uint8Array[], options: LineSplitterOptions = {}): unknown[] {
  const splitter = new LineSplitter(options);
  const events: unknown[] = [];
  const take = (line: JsonText) => {
    const start = typeof line === "string" ? line : line.start;
    if (start.trim() !== "") events.push(parseEvent(line, splitter.lineNumber));
  };
  for (const piece of pieces) {
    splitter.push(piece);
    for (let line = splitter.shift(); line !== undefined; line = splitter.shift()) take(line);
  }
  take(splitter.end() ?? "");
  return events;
}

/** Cuts bytes at places given in thousandths of their length. */
function cut(bytes: Uint8Array, places: readonly number[]): Uint8Array[] {
  const ends = places.map((place) => Math.floor(place * bytes.length / 1_000));
  const sorted = [0, ...ends.sort((a, b) => a - b), bytes.length];
  return sorted.slice(1).map((end, index) => bytes.slice(sorted[index], end));
}

const event = fc.record({
  type: fc.string({ unit: "grapheme" }),
  item: fc.jsonValue({ maxDepth: 3 }),
  text: fc.string({ unit: "binary", maxLength: 200 }),
});
const places = fc.array(fc.nat(1_000), { maxLength: 40 });
/** Mostly lower than any real one, so that lines are read as they arrive. */
const longLineBytes = fc.constantFrom(0, 4, 20, 1_000_000);
const lineEnd = fc.constantFrom("\n", "\r\n", "\n\n", "\n \n");

describe("the reader", () => {
  it("gives the same events however their bytes are cut", () => {
    const property = fc.property(
      fc.array(fc.tuple(event, lineEnd), { maxLength: 12 }),
      places,
      fc.boolean(),
      longLineBytes,
      (lines, where, isCut, longLineBytes) => {
        const events = lines.map(([one]) => JSON.parse(JSON.stringify(one)) as unknown);
        const text = lines.map(([one, end]) => JSON.stringify(one) + end).join("");
        const bytes = new TextEncoder().encode(isCut ? text.trimEnd() : text);
        assert.deepEqual(read(cut(bytes, where), { longLineBytes }), events);
      },
    );
    fc.assert(property, { numRuns: 300 });
  });

  it("takes any bytes to events or to a CodexError, the same however they are cut", () => {
    const outcome = (pieces: readonly Uint8Array[], maxLineBytes: number) => {
      try {
        return read(pieces, { maxLineBytes });
      } catch (error) {
        assert.ok(isCodexError(error), String(error));
        assert.ok(["invalid_event", "line_too_long"].includes(error.code), error.code);
        return error.message;
      }
    };
    // Mostly what a line is made of, lest every run end at its first byte.
    const byte = fc.oneof(
      fc.nat(255),
      fc.constantFrom(...new TextEncoder().encode('{}"":1,\n\r ')),
    );
    const bytes = fc.array(byte, { maxLength: 300 }).map((list) => new Uint8Array(list));
    const property = fc.property(bytes, places, (all, where) => {
      assert.deepEqual(outcome(cut(all, where), 1_000), outcome([all], 1_000));
      outcome(cut(all, where), 20);
    });
    fc.assert(property, { numRuns: 500 });
  });

  it("ends a turn of any bytes with events or a CodexError, and leaves nothing", async () => {
    const cli = shellCli('cat >/dev/null; cat "$here/output"');
    const output = cli.path.replace(/codex$/, "output");
    const piece = fc.oneof(
      fc.uint8Array({ maxLength: 60 }),
      event.map((one) => new TextEncoder().encode(`${JSON.stringify(one)}\n`)),
    );
    const property = fc.asyncProperty(fc.array(piece, { maxLength: 5 }), async (pieces) => {
      writeFileSync(output, Buffer.concat(pieces));
      const engine = createEngine({ codexPathOverride: cli.path });
      try {
        await engine.codex.startThread().run("Go");
      } catch (error) {
        assert.ok(isCodexError(error), String(error));
      }
      await assertNothingLeft(engine);
    });
    try {
      await fc.assert(property, { numRuns: 25 });
    } finally {
      cli.cleanup();
    }
  });
});
