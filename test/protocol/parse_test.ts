import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { isCodexError } from "../../src/errors.ts";
import { parseEvent } from "../../src/protocol/parse.ts";

function failureOf(line: string) {
  try {
    parseEvent(line, 7);
  } catch (error) {
    assert.ok(isCodexError(error, "invalid_event"), String(error));
    return error;
  }
  assert.fail(`this was taken for an event: ${line}`);
}

describe("parseEvent()", () => {
  it("keeps types and fields that nobody knows", () => {
    const event = { type: "from/the.future", nested: [1, { two: null }], "": "" };
    assert.deepEqual(parseEvent(JSON.stringify(event), 1), event);
    assert.deepEqual(parseEvent(' {"no":"type"} ', 1), { no: "type" });
  });

  it("refuses what is no JSON object, with the line's number and text", () => {
    for (const line of ["", "{", "null", "1", '"text"', "[]", "{} {}", "warning: hm", "\u0000"]) {
      const { details, message } = failureOf(line);
      assert.deepEqual(details, { line: 7, text: line });
      assert.equal(message, `Failed to parse item: ${line} (line 7)`);
    }
  });

  it("shows 200 characters at most, and no half of a pair", () => {
    assert.equal(failureOf("x".repeat(1000)).details.text, "x".repeat(200));
    assert.equal(failureOf(`${"x".repeat(199)}😀y`).details.text, "x".repeat(199));
    assert.equal(failureOf(`${"x".repeat(198)}😀y`).details.text, `${"x".repeat(198)}😀`);
  });

  it("shows nothing of what is behind them in the cause either", () => {
    const { cause } = failureOf(`{"a":"${"x".repeat(300)}", secret}`);
    assert.ok(cause instanceof SyntaxError);
    assert.doesNotMatch(`${cause.message}\n${cause.stack}`, /secret/);
  });
});
