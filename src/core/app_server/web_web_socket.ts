/**
 * WebSockets by web APIs alone, for runtimes without an adapter.
 * @module
 */
import { CodexError } from "../../errors.ts";
import type { OpenSocket, WebSocketOpener, WebSocketRequest } from "../ports.ts";
import { upgradeError } from "./connect_errors.ts";
import { OPEN_TIMEOUT_MS, untilOpen } from "./until_open.ts";

/** What Cloudflare's runtime adds to the web's APIs: a `fetch` that can upgrade. */
interface UpgradedResponse {
  webSocket?: (OpenSocket & { accept(): void }) | null;
}

/**
 * Opens a WebSocket: by `fetch` where that can upgrade, which carries headers, else by the
 * constructor, which carries none.
 *
 * @throws {CodexError} `connection_refused`, `unauthorized`, `not_app_server`; `unsupported` where
 * the runtime has no WebSockets, or none that take headers and there are some.
 */
export const openWebWebSocket: WebSocketOpener = async (request) => {
  request.signal?.throwIfAborted();
  return canUpgrade() ? await openByFetch(request) : await openByConstructor(request);
};

const canUpgrade = (): boolean => "WebSocketPair" in globalThis;

async function openByFetch(request: WebSocketRequest): Promise<OpenSocket> {
  const response = await askForUpgrade(request);
  const { webSocket } = response as UpgradedResponse;
  if (!webSocket) {
    void response.body?.cancel();
    throw upgradeError(request.url, { status: response.status });
  }
  webSocket.accept();
  closeFully(webSocket);
  return webSocket;
}

async function askForUpgrade({ url, headers, signal }: WebSocketRequest): Promise<Response> {
  // A signal of its own, which is left alone once the connection is there.
  const opening = new AbortController();
  const giveUp = () => opening.abort();
  signal?.addEventListener("abort", giveUp, { once: true });
  const timer = setTimeout(giveUp, OPEN_TIMEOUT_MS);
  try {
    return await fetch(url.replace(/^ws/i, "http"), {
      headers: { ...headers, upgrade: "websocket" },
      redirect: "manual",
      signal: opening.signal,
    });
  } catch (error) {
    signal?.throwIfAborted();
    const why = error instanceof Error ? error.message.replace(/\.$/, "") : String(error);
    throw upgradeError(url, { reason: opening.signal.aborted ? "no answer in time" : why });
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", giveUp);
  }
}

/** Here, the other side's close frame is not answered by itself, and an error is the last event. */
function closeFully(socket: OpenSocket): void {
  socket.addEventListener("close", ({ code }) => closeQuietly(socket, code));
  socket.addEventListener("error", () => {
    closeQuietly(socket, ABNORMAL_CLOSURE);
    socket.dispatchEvent(new CloseEvent("close", { code: ABNORMAL_CLOSURE }));
  });
}

/** What a connection that broke has for a close code; nobody may send it (RFC 6455, 7.4.1). */
const ABNORMAL_CLOSURE = 1006;

function closeQuietly(socket: OpenSocket, code: number): void {
  try {
    if (code === ABNORMAL_CLOSURE) socket.close();
    else socket.close(code);
  } catch {
    // It is closed already.
  }
}

async function openByConstructor({ url, headers, signal }: WebSocketRequest): Promise<OpenSocket> {
  if (typeof WebSocket === "undefined") throw unsupported("has no WebSockets");
  if (Object.keys(headers).length > 0) {
    throw unsupported("can send no headers with a WebSocket, and so no token");
  }
  const socket: OpenSocket = new WebSocket(url);
  if (await untilOpen(socket, signal)) return socket;
  signal?.throwIfAborted();
  throw upgradeError(url, { reason: "the WebSocket could not be opened" });
}

function unsupported(what: string): CodexError<"unsupported"> {
  return new CodexError("unsupported", `This runtime ${what}.`, {
    details: { feature: "WebSockets with headers" },
  });
}
