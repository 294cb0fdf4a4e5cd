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
  { open, signal }: { open: WebSocketOpener; signal: AbortSignal },
): Promise<OpenedChannel> {
  const headers = { ...remote.headers };
  if (remote.token !== undefined) headers["authorization"] = `Bearer ${remote.token}`;
  const socket = await open({ url: remote.url, headers, signal });
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
  if (url.hash !== "") throw new TypeError("transport.url must have no fragment.");
  // The runtimes refuse others with messages that show them.
  if (remote.token !== undefined && !isHeaderValue(remote.token)) {
    throw new TypeError("transport.token must be a string of visible ASCII characters.");
  }
  for (const [name, value] of Object.entries(remote.headers ?? {})) {
    if (!HEADER_NAME.test(name) || !isHeaderValue(value)) {
      throw new TypeError(
        `transport.headers has a name or a value that HTTP cannot carry: ${name}.`,
      );
    }
  }
}

/** A token of RFC 9110, 5.6.2. */
const HEADER_NAME = /^[!#$%&'*+.^_`|~\w-]+$/;

function isHeaderValue(value: unknown): value is string {
  return typeof value === "string" && /^[\x21-\x7e]([\x20-\x7e]*[\x21-\x7e])?$/.test(value);
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
