/**
 * A remote app-server over WebSocket.
 * @module
 */
import { CodexError } from "../../errors.ts";
import type { RemoteAppServer } from "../options.ts";
import type { WebSocketOpener } from "../ports.ts";
import type { OpenedChannel } from "./connection.ts";
import { withoutCredentials } from "./remote_options.ts";
import { WebSocketChannel } from "./web_socket_channel.ts";

/**
 * Connects to a remote app-server.
 * @throws {CodexError} `connection_refused`, `unauthorized`, `not_app_server`.
 */
export async function openWebSocket(
  remote: RemoteAppServer,
  { open, signal }: { open: WebSocketOpener; signal: AbortSignal },
): Promise<OpenedChannel> {
  const headers = { ...remote.headers };
  if (remote.token !== undefined) headers["authorization"] = `Bearer ${remote.token}`;
  const socket = await open({ url: remote.url, headers, signal });
  const channel = new WebSocketChannel(socket);
  const place = withoutCredentials(remote.url);
  const end = (cause: unknown) => Promise.resolve(describeEnd(place, { channel, cause }));
  return { channel, describeEnd: end };
}

function describeEnd(
  place: string,
  { channel, cause }: { channel: WebSocketChannel; cause: unknown },
): Error {
  const { closeCode } = channel;
  const code = closeCode === undefined ? "" : ` with code ${closeCode}`;
  return new CodexError(
    "connection_lost",
    `The connection to the app-server at ${place} ended${code}.`,
    { details: closeCode === undefined ? {} : { closeCode }, cause },
  );
}
