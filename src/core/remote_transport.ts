/**
 * The transport to a remote app-server, which needs no process and no file.
 * @module
 */
import { serverAddress, withoutCredentials } from "./app_server/connect_errors.ts";
import { checkRemote, openWebSocket } from "./app_server/open_web_socket.ts";
import { AppServerTransport } from "./app_server/transport.ts";
import type { CodexOptions, RemoteAppServer } from "./options.ts";
import type { WebSocketOpener } from "./ports.ts";
import type { Transport, TransportContext } from "./turn_request.ts";

/** What the transport needs around it. */
export interface RemoteContext extends TransportContext {
  options: CodexOptions;
  openWebSocket: WebSocketOpener;
}

/**
 * Makes the transport of one `Codex`; it connects with the first turn.
 * @throws {TypeError} when the address, the token or the headers cannot be used.
 */
export function remoteTransport(remote: RemoteAppServer, context: RemoteContext): Transport {
  checkRemote(remote);
  return new AppServerTransport({
    ...context,
    name: "websocket",
    place: withoutCredentials(remote.url),
    server: serverAddress(remote.url),
    open: (signal) => openWebSocket(remote, { open: context.openWebSocket, signal }),
  });
}
