import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { checkHeaders, parseHeaders } from "../../src/otlp/headers.ts";

const name = fc.stringMatching(/^[a-z0-9!#$&'*+.^_`|~-]{1,12}$/).filter((one) =>
  one !== "__proto__"
);
/** As HTTP takes it; blanks at its ends are no part of a value. */
const value = fc.stringMatching(/^[ -~\x80-\xff]{0,30}$/).map((one) => one.trim());

describe("headers as text", () => {
  it("are read back as they were, when what separates them is escaped", () => {
    const separator = fc.constantFrom(",", ";", " , ", ",;", ";\t");
    const property = fc.property(fc.dictionary(name, value), separator, (headers, between) => {
      const pairs = Object.entries(headers).map(([key, one]) =>
        `${key}=${encodeURIComponent(one)}`
      );
      const read = parseHeaders(pairs.join(between));
      assert.deepEqual(read.invalid, []);
      assert.deepEqual(Object.entries(read.headers), Object.entries(headers));
    });
    fc.assert(property, { numRuns: 300 });
  });

  it("give only what can be sent, whatever the text", () => {
    const text = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.array(fc.constantFrom("a", "=", ",", ";", "%", "%0", "%0a", "%41", " ", "é", "\n"), {
        maxLength: 30,
      }).map((parts) => parts.join("")),
    );
    const property = fc.property(text, (one) => {
      const { headers } = parseHeaders(one);
      assert.deepEqual(checkHeaders(headers), headers);
      new Headers(headers);
    });
    fc.assert(property, { numRuns: 500 });
  });
});
