import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { serveLoopback } from "../../src/runtime/http_server.ts";
import type { LoopbackHandler, LoopbackOptions } from "../../src/runtime/http_server.ts";

async function withServer(
  handler: LoopbackHandler,
  use: (url: string) => Promise<void>,
  options: LoopbackOptions = {},
): Promise<void> {
  const server = await serveLoopback(handler, options);
  try {
    await use(server.url);
  } finally {
    await server.close();
    await server.close();
  }
}

describe("serveLoopback()", () => {
  it("hands on a request as it was sent, and answers", async () => {
    const echo: LoopbackHandler = ({ method, path, headers, body }) => ({
      status: 201,
      headers: { "x-seen": headers["x-sent"] ?? "" },
      body: `${method} ${path} ${body.join(",")}`,
    });
    await withServer(echo, async (url) => {
      const body = new Uint8Array([0, 255, 10]);
      const response = await fetch(`${url}/a?b=c%20d`, {
        method: "POST",
        headers: { "X-Sent": "yes" },
        body,
      });
      assert.deepEqual([response.status, response.headers.get("x-seen")], [201, "yes"]);
      assert.equal(await response.text(), "POST /a?b=c%20d 0,255,10");
    });
  });

  it("answers with the error's text when the handler throws", async () => {
    const handler: LoopbackHandler = () => Promise.reject(new Error("no idea"));
    await withServer(handler, async (url) => {
      const response = await fetch(url);
      assert.equal(response.status, 500);
      assert.match(await response.text(), /no idea/);
    });
  });

  it("refuses a body that is too long, without the handler", async () => {
    let calls = 0;
    const handler: LoopbackHandler = () => {
      calls += 1;
      return {};
    };
    await withServer(handler, async (url) => {
      const send = (length: number) => fetch(url, { method: "POST", body: "x".repeat(length) });
      const [fits, tooLong] = [await send(100), await send(101)];
      assert.deepEqual([fits.status, tooLong.status, calls], [200, 413, 1]);
      await Promise.all([fits.text(), tooLong.text()]);
    }, { maxRequestBytes: 100 });
  });

  it("streams a body, and cuts the connection where it throws", async () => {
    async function* body(): AsyncIterable<string> {
      yield "first";
      await new Promise((resolve) => setTimeout(resolve, 5));
      throw new Error("cut");
    }
    await withServer(() => ({ body: body() }), async (url) => {
      await assert.rejects(async () => await (await fetch(url)).text());
    });
  });
});
