/**
 * WebSockets with headers: by undici under Node, which has none of its own before Node 22, and under
 * Deno, whose own (2.9.6) cannot be let go of when the other side is silent and then keeps the
 * process alive for good; Bun's own takes headers and has `terminate()`.
 * @module
 */
import { request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import { upgradeError, type UpgradeFailure } from "../core/app_server/connect_errors.ts";
import { OPEN_TIMEOUT_MS, untilOpen } from "../core/app_server/until_open.ts";
import type { OpenSocket, WebSocketOpener, WebSocketRequest } from "../core/ports.ts";
import { explainLoading } from "./explain_loading.ts";

/** Begins to open a WebSocket with headers. */
export type WebSocketMaker = (url: string, headers: Record<string, string>) => OpenSocket;

/** By a constructor that takes headers, as Bun's does. */
export const globalWebSocket: WebSocketMaker = (url, headers) => {
  const WebSocketWithHeaders = globalThis.WebSocket as unknown as new (
    url: string,
    options: { headers: Record<string, string> },
  ) => OpenSocket;
  return new WebSocketWithHeaders(url, { headers });
};

/** Makes an opener of what makes sockets, which is loaded on first use. */
export function webSocketOpener(load: () => Promise<WebSocketMaker>): WebSocketOpener {
  return async (request) => {
    const open = await load().catch((reason) => {
      throw explainLoading(reason);
    });
    request.signal?.throwIfAborted();
    const socket = open(request.url, { ...request.headers });
    if (await untilOpen(socket, request.signal)) return socket;
    request.signal?.throwIfAborted();
    // The API hides why from its callers, and each runtime tells it in words of its own.
    throw upgradeError(request.url, await probe(request));
  };
}

/** Opens by undici. */
export const undiciOpener: WebSocketOpener = webSocketOpener(async () =>
  (await import("./undici_web_socket.ts")).undiciWebSocket
);

/** Asks for the upgrade once more by plain HTTP, whose status every runtime shows. */
function probe({ url, headers }: WebSocketRequest): Promise<UpgradeFailure> {
  const target = new URL(url);
  const isSecure = target.protocol === "wss:";
  target.protocol = isSecure ? "https:" : "http:";
  const upgrade = {
    ...headers,
    connection: "Upgrade",
    upgrade: "websocket",
    "sec-websocket-version": "13",
    "sec-websocket-key": btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(16)))),
  };
  return new Promise((resolve) => {
    const request = (isSecure ? requestHttps : requestHttp)(target, {
      headers: upgrade,
      timeout: OPEN_TIMEOUT_MS,
    });
    request.on("response", (response) => settle({ status: response.statusCode ?? 0 }));
    request.on("upgrade", (_response, socket) => {
      socket.destroy();
      settle({ reason: "it was not stable" });
    });
    request.on("timeout", () => settle({ reason: "no answer in time" }));
    request.on(
      "error",
      (error: Error & { code?: string }) => settle({ reason: error.code ?? error.message }),
    );
    request.end();
    function settle(failure: UpgradeFailure) {
      resolve(failure);
      request.destroy();
    }
  });
}
