/**
 * A remote app-server over WebSocket.
 * @module
 */
import { CodexError } from "../../errors.ts";
import type { RemoteAppServer } from "../options.ts";
import type { WebSocketOpener } from "../ports.ts";
import { withoutCredentials } from "./connect_errors.ts";
import type { OpenedChannel } from "./connection.ts";
import { WebSocketChannel } from "./web_socket_channel.ts";

/**
 * Connects to a remote app-server.
 * @throws {CodexError} `connection_refused`, `unauthorized`, `not_app_server`.
 */
export async function openWebSocket(
  remote: RemoteAppServer,
  open: WebSocketOpener,
): Promise<OpenedChannel> {
  const headers = { ...remote.headers };
  if (remote.token !== undefined) headers["authorization"] = `Bearer ${remote.token}`;
  const socket = await open({ url: remote.url, headers });
  const channel = new WebSocketChannel(socket);
  return { channel, describeEnd: () => Promise.resolve(describeEnd(remote.url, channel)) };
}

/**
 * Checks a remote app-server when a `Codex` is made.
 * @throws {TypeError} when it cannot be one.
 */
export function checkRemote(remote: RemoteAppServer): void {
  const url = URL.canParse(remote.url) ? new URL(remote.url) : undefined;
  if (url?.protocol !== "ws:" && url?.protocol !== "wss:") {
    throw new TypeError("transport.url must be a ws: or wss: URL.");
  }
  if (remote.token !== undefined && typeof remote.token !== "string") {
    throw new TypeError("transport.token must be a string.");
  }
}

function describeEnd(url: string, channel: WebSocketChannel): Error {
  const { closeCode } = channel;
  const place = withoutCredentials(url);
  const code = closeCode === undefined ? "" : ` with code ${closeCode}`;
  return new CodexError(
    "connection_lost",
    `The connection to the app-server at ${place} ended${code}.`,
    { details: closeCode === undefined ? {} : { closeCode } },
  );
}
