import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { errorTypeOf } from "../../../src/telemetry/spans/error_type.ts";

describe("errorTypeOf()", () => {
  const known = ["turn_failed", "connection_lost", "command_failed", "declined", "turn_ended"];
  for (const code of [...known, "compaction_failed", "TypeError", "AbortError"]) {
    it(`is ${code} for itself`, () => assert.equal(errorTypeOf(code), code));
  }

  const others = ["", "unknown_code", "secret", "toString", "__proto__", "Error: no", "ENOENT"];
  for (const code of others) {
    it(`is _OTHER for ${JSON.stringify(code)}`, () => assert.equal(errorTypeOf(code), "_OTHER"));
  }
});
