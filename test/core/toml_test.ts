import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { flattenConfig, toTomlValue } from "../../src/core/toml.ts";
import { isCodexError } from "../../src/errors.ts";

function refusal(config: unknown): { message: string; path: string } {
  try {
    flattenConfig(config);
  } catch (error) {
    assert.ok(isCodexError(error, "invalid_config"), String(error));
    return { message: error.message, path: error.details.path };
  }
  assert.fail("the config was taken");
}

describe("flattenConfig()", () => {
  it("flattens objects into dotted keys, in their order", () => {
    const table: [Record<string, unknown>, string[]][] = [
      [{}, []],
      [{ b: 1, a: 2 }, ["b=1", "a=2"]],
      [{ a: { b: { c: true } }, d: false }, ["a.b.c=true", "d=false"]],
      [{ a: {} }, ["a={}"]],
      [{ a: { b: {} } }, ["a.b={}"]],
      [{ a: undefined, b: { c: undefined } }, []],
      [{ a: [] }, ["a=[]"]],
      [{ a: [1, "x", [true], { b: 1, "c d": "e" }] }, ['a=[1, "x", [true], {b = 1, "c d" = "e"}]']],
      [{ a: [{ b: undefined, c: {} }] }, ["a=[{c = {}}]"]],
      [{ "a.b": 1 }, ["a.b=1"]],
    ];
    for (const [config, overrides] of table) assert.deepEqual(flattenConfig(config), overrides);
  });

  it("refuses what TOML does not have, naming the key", () => {
    const table: [unknown, string, string][] = [
      [null, "Codex config overrides must be a plain object", ""],
      [[], "Codex config overrides must be a plain object", ""],
      [{ "": 1 }, "Codex config override keys must be non-empty strings", ""],
      [{ "": undefined }, "Codex config override keys must be non-empty strings", ""],
      [{ a: { "": 1 } }, "Codex config override keys must be non-empty strings", "a"],
      [{ a: [{ "": 1 }] }, "Codex config override keys must be non-empty strings", "a[0]"],
      [{ a: null }, "Codex config override at a cannot be null", "a"],
      [{ a: { b: [1, null] } }, "Codex config override at a.b[1] cannot be null", "a.b[1]"],
      [{ a: [{ b: null }] }, "Codex config override at a[0].b cannot be null", "a[0].b"],
      [{ a: Number.NaN }, "Codex config override at a must be a finite number", "a"],
      [{ a: [-Infinity] }, "Codex config override at a[0] must be a finite number", "a[0]"],
      [{ a: [undefined] }, "Unsupported Codex config override value at a[0]: undefined", "a[0]"],
      [{ a: new Array(1) }, "Unsupported Codex config override value at a[0]: undefined", "a[0]"],
      [{ a: 1n }, "Unsupported Codex config override value at a: bigint", "a"],
      [{ a: () => {} }, "Unsupported Codex config override value at a: function", "a"],
      [{ a: "\ud800" }, "Codex config override at a holds a lone surrogate", "a"],
      [
        { a: [{ "\udc00": 1 }] },
        "Codex config override at a[0].\udc00 holds a lone surrogate",
        "a[0].\udc00",
      ],
    ];
    for (const [config, message, path] of table) {
      assert.deepEqual(refusal(config), { message, path });
    }
  });

  it("refuses an object that holds itself", () => {
    const config: Record<string, unknown> = {};
    config["a"] = { b: [config] };
    assert.deepEqual(refusal(config), {
      message: "Codex config override at a.b[0] holds itself",
      path: "a.b[0]",
    });
    const shared = { x: 1 };
    assert.deepEqual(flattenConfig({ a: shared, b: [shared] }), ["a.x=1", "b=[{x = 1}]"]);
  });
});

describe("toTomlValue()", () => {
  it("writes each kind of value as a literal on one line", () => {
    const table: [unknown, string][] = [
      ["", '""'],
      ['a "b" \\ c', '"a \\"b\\" \\\\ c"'],
      ["\n\r\t\b\f\u0000\u001b", '"\\n\\r\\t\\b\\f\\u0000\\u001b"'],
      ["\u007f", '"\\u007f"'],
      ["é€😀", '"é€😀"'],
      [0, "0"],
      [-0, "0"],
      [-1.5, "-1.5"],
      [1e21, "1e+21"],
      [1e-7, "1e-7"],
      [2 ** 53, "9007199254740992"],
      [2 ** 63, "9223372036854776000.0"],
      [-(2 ** 64), "-18446744073709552000.0"],
      [true, "true"],
      [{ "a b": { c: [] } }, '{"a b" = {c = []}}'],
      [{ 'q"': 1, "\u007f": 2 }, '{"q\\"" = 1, "\\u007f" = 2}'],
    ];
    for (const [value, literal] of table) assert.equal(toTomlValue(value, "key"), literal);
  });
});
