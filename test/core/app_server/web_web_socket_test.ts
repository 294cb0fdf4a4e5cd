import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { openWebWebSocket } from "../../../src/core/app_server/web_web_socket.ts";
import { startStranger } from "../../real/remote_server.ts";

describe("openWebWebSocket() where fetch cannot upgrade", () => {
  it("says that a WebSocket takes no headers, and tries nothing", async () => {
    const request = { url: "ws://127.0.0.1:1", headers: { authorization: "Bearer hush" } };
    await assert.rejects(openWebWebSocket(request), (error: Error & { code: string }) => {
      assert.equal(error.code, "unsupported");
      assert.equal(error.message.includes("hush"), false);
      return true;
    });
  });

  it("opens one without headers, or says that there are none, as in Node 20", async () => {
    const server = await startStranger({ text: "Hello" });
    const request = { url: server.url, headers: {} };
    if (typeof WebSocket === "undefined") {
      await server.close();
      return await assert.rejects(openWebWebSocket(request), { code: "unsupported" });
    }
    const socket = await openWebWebSocket(request);
    assert.equal(socket.readyState, 1);
    socket.close();
    await server.close();
    await assert.rejects(openWebWebSocket(request), { code: "connection_refused" });
  });

  it("gives up when it is told to", async () => {
    const signal = AbortSignal.abort(new Error("Enough."));
    const opening = openWebWebSocket({ url: "ws://127.0.0.1:1", headers: {}, signal });
    await assert.rejects(opening, /Enough/);
  });
});
