/**
 * The transport to a remote app-server, which needs no process and no file.
 * @module
 */
import { checkRemote, serverAddress, withoutCredentials } from "./app_server/remote_options.ts";
import { LazyTransport } from "./lazy_transport.ts";
import type { CodexOptions, RemoteAppServer } from "./options.ts";
import type { WebSocketOpener } from "./ports.ts";
import type { Transport, TransportContext } from "./turn_request.ts";

/** What the transport needs around it. */
export interface RemoteContext extends TransportContext {
  options: CodexOptions;
  openWebSocket: WebSocketOpener;
}

/**
 * Makes the transport of one `Codex`; it is loaded and connects with the first turn.
 * @throws {TypeError} when the address, the token or the headers cannot be used.
 */
export function remoteTransport(remote: RemoteAppServer, context: RemoteContext): Transport {
  checkRemote(remote);
  const server = serverAddress(remote.url);
  const load = async () => {
    const [{ AppServerTransport }, { openWebSocket }] = await Promise.all([
      import("./app_server/transport.ts"),
      import("./app_server/open_web_socket.ts"),
    ]);
    return new AppServerTransport({
      ...context,
      name: "websocket",
      place: withoutCredentials(remote.url),
      server,
      open: (signal) => openWebSocket(remote, { open: context.openWebSocket, signal }),
    });
  };
  return new LazyTransport({ name: "websocket", server, load });
}
