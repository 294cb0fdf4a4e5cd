/**
 * WebSockets under Node and Deno, by undici.
 * @module
 */
import type { Socket } from "node:net";
import { Agent, buildConnector, WebSocket } from "undici";
import type { OpenSocket } from "../core/ports.ts";
import type { WebSocketMaker } from "./web_sockets.ts";

/** Begins to open a WebSocket, over a connection of its own that can be let go of. */
export const undiciWebSocket: WebSocketMaker = (url, headers) => {
  const connect = buildConnector({});
  let connection: Socket | undefined;
  const dispatcher = new Agent({
    connect: (options, callback) =>
      connect(options, (...outcome) => {
        connection = outcome[1] ?? undefined;
        callback(...outcome);
      }),
  });
  const socket = new WebSocket(url, { headers, dispatcher });
  return Object.assign(socket as unknown as OpenSocket, {
    terminate: () => void connection?.destroy(),
  });
};
