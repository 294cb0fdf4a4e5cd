import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { isCodexError } from "../../src/errors.ts";
import { explainLoading } from "../../src/runtime/explain_loading.ts";
import { webSocketOpener } from "../../src/runtime/web_sockets.ts";

const NO_REQUIRE = new Error('Dynamic require of "node:assert" is not supported');

describe("explainLoading()", () => {
  it("tells a bundle without require from other reasons, which it gives back", () => {
    const explained = explainLoading(NO_REQUIRE);
    assert(isCodexError(explained, "unsupported"));
    assert.match(
      explained.message,
      /^Dynamic require of "node:assert" .*: dependencies are CommonJS/,
    );
    assert.equal(explained.cause, NO_REQUIRE);
    for (
      const other of [new Error("Dynamic range"), "Dynamic require of x is not supported", null]
    ) {
      assert.equal(explainLoading(other), other);
    }
  });

  it("is what a WebSocket that cannot be loaded is refused with", async () => {
    const open = webSocketOpener(() => Promise.reject(NO_REQUIRE));
    await assert.rejects(open({ url: "ws://127.0.0.1:1", headers: {} }), { code: "unsupported" });
  });
});
