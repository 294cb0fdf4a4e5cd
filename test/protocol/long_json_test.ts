import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { LongJson, type LongJsonOptions, parseJson } from "../../src/protocol/long_json.ts";

const encode = (text: string) => new TextEncoder().encode(text);

/** A text that arrives in pieces of these sizes, over and over. */
function longJson(bytes: Uint8Array, sizes: readonly number[], options?: LongJsonOptions) {
  const json = new LongJson(options);
  for (let start = 0, index = 0; start < bytes.length; index++) {
    const size = sizes[index % sizes.length]!;
    json.push(bytes.subarray(start, start + size));
    start += size;
  }
  json.end();
  return json;
}

/** What a text says, or the word that it says nothing. */
function outcome(parse: () => unknown): unknown {
  try {
    const value = parse();
    return typeof value === "object" && value !== null && !Array.isArray(value) ? [value] : "none";
  } catch (error) {
    assert.ok(error instanceof SyntaxError, String(error));
    return "none";
  }
}

const sizes = fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 5 });
const options = fc.record({
  sliceBytes: fc.integer({ min: 4, max: 40 }),
  longStringLength: fc.nat(12),
});
const text = fc.oneof(
  fc.string({ unit: "binary", maxLength: 40 }),
  fc.array(fc.constantFrom("\\", '"', "\\\\", "u", "\n", "\ud83d", "\ude00", "é", "€", "x"), {
    maxLength: 40,
  }).map((parts) => parts.join("")),
);
const { value } = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    text,
    fc.constantFrom(null, true, false, 0, -0.5, 1e300),
    fc.array(tie("value"), { maxLength: 4 }),
    tie("object"),
  ),
  object: fc.dictionary(fc.oneof(text, fc.constant("__proto__")), tie("value"), { maxKeys: 4 }),
}));

/** Any character may be written as an escape. */
function escaped(json: string, every: number): string {
  return json.replaceAll(
    /[\x7f-\uffff]/g,
    (character, index: number) =>
      index % every === 0
        ? `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`
        : character,
  );
}

describe("LongJson", () => {
  it("says what JSON.parse says, however it is cut", () => {
    const object = fc.dictionary(text, value, { maxKeys: 4, noNullPrototype: true });
    const indent = fc.constantFrom(undefined, "\t", " \r\n");
    fc.assert(
      fc.property(object, indent, sizes, options, fc.integer({ min: 1, max: 3 }), (...given) => {
        const [one, space, pieces, how, every] = given;
        const json = escaped(JSON.stringify(one, undefined, space), every);
        const bytes = encode(json);
        const expected = JSON.parse(new TextDecoder().decode(bytes)) as unknown;
        const long = longJson(bytes, pieces, how);
        assert.deepEqual(long.parse(), expected);
        assert.equal(long.start, new TextDecoder().decode(bytes).slice(0, 256));
      }),
      { numRuns: 1_000 },
    );
  });

  it("refuses what JSON.parse refuses, and nothing else, whatever the bytes", () => {
    const parts = ['{"a":"', '"', "\\", "\\u00", "e9", "}", ",", '{"', '":', " ", "\n", "x", "1"];
    const part = fc.oneof(
      { weight: 9, arbitrary: fc.constantFrom(...parts).map(encode) },
      fc.uint8Array({ maxLength: 4 }),
    );
    const end = fc.constantFrom("", '"}', "}").map(encode);
    const bytes = fc.tuple(fc.array(part, { maxLength: 12 }), end).map(([some, last]) =>
      Uint8Array.from([...encode('{"a":"'), ...some.flatMap((one) => [...one]), ...last])
    );
    let accepted = 0;
    fc.assert(
      fc.property(bytes, sizes, options, (all, pieces, how) => {
        const whole = new TextDecoder("utf-8", { ignoreBOM: true }).decode(all);
        const expected = outcome(() => JSON.parse(whole));
        assert.deepEqual(outcome(() => longJson(all, pieces, how).parse()), expected);
        if (expected !== "none") accepted++;
      }),
      { numRuns: 3_000 },
    );
    assert.ok(accepted > 50, `${accepted} of them were objects`);
  });

  it("takes long keys, doubles and __proto__ as JSON.parse takes them", () => {
    const long = "k".repeat(20);
    const json =
      `{"z":1,"${long}":{"__proto__":"${long}","${long}":[["${long}"]]},"${long}":2,"1":3}`;
    const said = longJson(encode(json), [5], { sliceBytes: 8, longStringLength: 2 }).parse();
    assert.deepEqual(said, JSON.parse(json));
    assert.deepEqual(Object.keys(said as object), Object.keys(JSON.parse(json) as object));
    const nested = longJson(encode(`{"a":{"__proto__":"${long}"}}`), [3], {
      sliceBytes: 8,
      longStringLength: 2,
    }).parse() as { a: object };
    assert.deepEqual(Object.entries(nested.a), [["__proto__", long]]);
    assert.equal(Object.getPrototypeOf(nested.a), Object.prototype);
  });

  it("may be nested deeply beside a long string", () => {
    const depth = 5_000;
    const json = `{"a":"${"x".repeat(100)}","b":${"[".repeat(depth)}${"]".repeat(depth)}}`;
    const { a } = longJson(encode(json), [64], { sliceBytes: 16 }).parse() as { a: string };
    assert.equal(a.length, 100);
  });

  it("keeps nothing of what is no object, but its start and its length", () => {
    for (const start of ["x", "[1", "", '{"a":"\n', '{"a":"\\x']) {
      const json = longJson(encode(start.padEnd(5_000, "y")), [1_000], {
        sliceBytes: 100,
        longStringLength: 10,
      });
      assert.throws(() => parseJson(json), SyntaxError, start);
      assert.equal(json.start, start.padEnd(256, "y"));
      assert.equal(json.length, 5_000);
    }
  });

  it("drops one byte order mark where that is asked for", () => {
    const bytes = encode('\ufeff{"a":1}');
    assert.deepEqual(longJson(bytes, [1], { dropsMark: true }).parse(), { a: 1 });
    assert.throws(() => longJson(bytes, [1]).parse(), SyntaxError);
    const twice = encode('\ufeff\ufeff{"a":1}');
    assert.throws(() => longJson(twice, [1], { dropsMark: true }).parse(), SyntaxError);
  });
});
