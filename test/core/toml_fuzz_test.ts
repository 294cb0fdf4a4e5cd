import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { parse } from "smol-toml";
import { flattenConfig, toTomlValue } from "../../src/core/toml.ts";
import { isCodexError } from "../../src/errors.ts";

/** What TOML and the reader used here can tell apart: it takes integers up to 2^53. */
const number = fc.oneof(
  fc.maxSafeInteger(),
  fc.double({ noNaN: true, noDefaultInfinity: true }).filter((value) => !Number.isInteger(value)),
);
const text = fc.string({ unit: "binary", maxLength: 30 });
const bareKey = fc.stringMatching(/^[A-Za-z0-9_-]{1,10}$/);
const { value } = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    text,
    number,
    fc.boolean(),
    fc.array(tie("value"), { maxLength: 4 }),
    fc.dictionary(fc.string({ unit: "binary", minLength: 1, maxLength: 12 }), tie("value"), {
      maxKeys: 4,
      noNullPrototype: true,
    }),
  ),
}));
const config = fc.dictionary(
  bareKey,
  fc.oneof(
    value.filter((one) => !isTable(one)),
    fc.dictionary(bareKey, value.filter((one) => !isTable(one)), {
      maxKeys: 3,
      noNullPrototype: true,
    }),
  ),
  { maxKeys: 4, noNullPrototype: true },
);

function isTable(one: unknown): boolean {
  return typeof one === "object" && one !== null && !Array.isArray(one);
}

/** Negative zero is an integer in TOML, and has no sign there. */
const plain = (one: unknown): unknown => JSON.parse(JSON.stringify(one));

describe("what is written as TOML", () => {
  it("is read back by a TOML parser as the same value, and is one line", () => {
    fc.assert(
      fc.property(value, (one) => {
        const literal = toTomlValue(one, "key");
        assert.doesNotMatch(literal, /[\n\r]/);
        assert.deepEqual(plain(parse(`key = ${literal}`)), { key: plain(one) });
      }),
      { numRuns: 500 },
    );
  });

  it("is read back as the same config, override by override", () => {
    fc.assert(
      fc.property(config, (object) => {
        const overrides = flattenConfig(object);
        assert.deepEqual(plain(parse(overrides.join("\n"))), plain(object));
      }),
      { numRuns: 300 },
    );
  });

  it("is refused with invalid_config where it cannot be, and never with another error", () => {
    fc.assert(
      fc.property(fc.anything({ withBigInt: true, withDate: true, withMap: true }), (anything) => {
        try {
          for (const override of flattenConfig(anything)) assert.doesNotMatch(override, /\n/);
        } catch (error) {
          assert.ok(isCodexError(error, "invalid_config"), String(error));
        }
      }),
      { numRuns: 500 },
    );
  });
});
