import assert from "node:assert/strict";
import { it } from "node:test";
import { finalResponseOf } from "../../src/protocol/final_response.ts";

it("finalResponseOf() reads a text, bare or wrapped, and nothing else", () => {
  assert.equal(finalResponseOf({ final_response: { type: "text", text: "a" } }), "a");
  assert.equal(finalResponseOf({ finalResponse: "b" }), "b");
  assert.equal(finalResponseOf({ final_response: "" }), "");
  for (const response of [undefined, null, 1, {}, { text: 1 }, ["a"]]) {
    assert.equal(finalResponseOf({ final_response: response }), undefined);
  }
});
