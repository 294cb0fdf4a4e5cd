import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { describe, it } from "node:test";
import { sha256Hex } from "../../../src/telemetry/spans/sha256.ts";
import { traceIdOf } from "../../../src/telemetry/spans/trace_id.ts";

describe("sha256Hex()", () => {
  it("agrees with the platform's SHA-256 for texts of all lengths around a block", () => {
    for (let length = 0; length < 200; length++) {
      const text = "aé€😀".repeat(length).slice(0, length);
      assert.equal(sha256Hex(text), createHash("sha256").update(text).digest("hex"), text);
    }
  });
});

describe("traceIdOf()", () => {
  const cases: [what: string, text: string, expected: string][] = [
    [
      "keeps 32 hexadecimal digits",
      "0af7651916cd43dd8448eb211c80319c",
      "0af7651916cd43dd8448eb211c80319c",
    ],
    ["lowers them", "0AF7651916CD43DD8448EB211C80319C", "0af7651916cd43dd8448eb211c80319c"],
    ["hashes any other text", "nightly-42", sha256Hex("nightly-42").slice(0, 32)],
    ["hashes the id that means none", "0".repeat(32), sha256Hex("0".repeat(32)).slice(0, 32)],
    ["hashes an empty text", "", "e3b0c44298fc1c149afbf4c8996fb924"],
  ];
  for (const [what, text, expected] of cases) {
    it(what, () => assert.equal(traceIdOf(text), expected));
  }
});
