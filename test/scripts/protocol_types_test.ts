import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { compareTypes } from "../../scripts/app_server/type_file.ts";
import { keepFields, methodsOf, readType } from "../../scripts/app_server/type_source.ts";
import { protocolDrift } from "../../scripts/protocol_types.ts";

describe("compareTypes()", () => {
  const before = "/** Head. */\n\nexport type A = {\n  a: string;\n};\n\nexport type B = 1;\n";

  it("finds nothing where only the head differs", () => {
    assert.deepEqual(compareTypes(before, before.replace("Head", "Another")), []);
  });

  it("tells what came, what went and what changed", () => {
    const after = "export type A = {\n  a: string | null;\n};\n\nexport type C = 2;\n";
    assert.deepEqual(compareTypes(before, after), [
      "~ A",
      "    - a: string;",
      "    + a: string | null;",
      "- B",
      "+ C",
    ]);
  });
});

describe("the reader of generated types", () => {
  let folder = "";
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "codex-otel-types-test-"));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it("reads a type without its comments, and what it imports", () => {
    const file = join(folder, "Turn.ts");
    writeFileSync(
      file,
      '// GENERATED\nimport type { Item } from "../Item";\n\n/**\n * A turn.\n */\n' +
        "export type Turn = { id: string,\n/**\n * Its items.\n */\nitems: Array<Item>, };\n",
    );
    const { body, imports } = readType(file);
    assert.equal(body, "{ id: string,\nitems: Array<Item>, }");
    assert.deepEqual([...imports.keys()], ["Item"]);
  });

  it("keeps the fields that are wanted, whatever is in them", () => {
    const body =
      '{ a: string, b?: { c: Array<[1, 2]>, d: 3, } | null, "e": { [key in string]?: 4 }, }';
    assert.equal(
      keepFields(body, ["b", "e"]),
      '{ b?: { c: Array<[1, 2]>, d: 3, } | null, "e": { [key in string]?: 4 } }',
    );
    assert.throws(() => keepFields(body, ["x"]), /no field x/);
  });

  it("lists the methods of a union", () => {
    assert.deepEqual(methodsOf('{ "method": "b/c", params: B } | { "method": "a", params: A }'), [
      "a",
      "b/c",
    ]);
  });
});

describe("the protocol of the installed CLI", () => {
  it("is the one that is checked in", () => {
    assert.deepEqual(protocolDrift(), []);
  });
});
