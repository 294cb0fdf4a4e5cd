/**
 * A small HTTP server on loopback, the same under Node, Bun and Deno. The testing room builds its
 * scripted model and its OTLP receiver on it.
 * @module
 */
import { createServer as createHttpServer } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** A request, read to its end. */
export interface LoopbackRequest {
  method: string;
  /** Path and query, as sent. */
  path: string;
  /** Names in lower case; the values of a name sent twice are joined by `, `. */
  headers: Record<string, string>;
  /** As sent: not decompressed. */
  body: Uint8Array<ArrayBuffer>;
}

/** What to answer. A body that is an iterable is sent as it comes; one that throws cuts the connection. */
export interface LoopbackResponse {
  /** 200 by default. */
  status?: number;
  headers?: Record<string, string>;
  body?: string | Uint8Array | AsyncIterable<string | Uint8Array>;
}

/** An answer; or none at all until the server closes; or a connection that is reset. */
export type LoopbackOutcome = LoopbackResponse | "hang" | "reset";

/** Decides what to answer. One that throws is answered with status 500 and the error's text. */
export type LoopbackHandler = (
  request: LoopbackRequest,
) => LoopbackOutcome | Promise<LoopbackOutcome>;

/** PEM texts of a server that speaks TLS. */
export interface LoopbackTls {
  /** The server's certificate. */
  cert: string;
  /** The certificate's private key. */
  key: string;
  /** When given, a client must show a certificate that this authority signed. */
  clientCa?: string;
}

/** Settings of a server. */
export interface LoopbackOptions {
  tls?: LoopbackTls;
  /** A longer request body is answered with status 413. 64 MiB by default. */
  maxRequestBytes?: number;
}

/** A running server. */
export interface LoopbackServer {
  /** Such as `http://127.0.0.1:40123`, without a slash at its end. */
  readonly url: string;
  /** Ends all connections and stops listening. Idempotent. */
  close(): Promise<void>;
}

const DEFAULT_MAX_REQUEST_BYTES = 64 * 1024 * 1024;

/** Starts a server on a free port of 127.0.0.1. */
export async function serveLoopback(
  handler: LoopbackHandler,
  options: LoopbackOptions = {},
): Promise<LoopbackServer> {
  const limit = options.maxRequestBytes ?? DEFAULT_MAX_REQUEST_BYTES;
  const server = createServer(options.tls, (incoming, response) => {
    // A client that goes away in the middle is no failure of the server.
    serve(handler, { incoming, response, limit }).catch(() => response.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  const { port } = server.address() as AddressInfo;
  let closing: Promise<void> | undefined;
  return {
    url: `${options.tls ? "https" : "http"}://127.0.0.1:${port}`,
    close: () => closing ??= close(server),
  };
}

type Listener = (incoming: IncomingMessage, response: ServerResponse) => void;

function createServer(tls: LoopbackTls | undefined, listener: Listener): Server {
  if (!tls) return createHttpServer(listener);
  const client = tls.clientCa === undefined
    ? {}
    : { ca: tls.clientCa, requestCert: true, rejectUnauthorized: true };
  return createHttpsServer({ cert: tls.cert, key: tls.key, ...client }, listener);
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

interface Exchange {
  incoming: IncomingMessage;
  response: ServerResponse;
  limit: number;
}

async function serve(handler: LoopbackHandler, exchange: Exchange): Promise<void> {
  const { incoming, response, limit } = exchange;
  const body = await readBody(incoming, limit);
  if (body === undefined) return await send(response, { status: 413, body: "request too large" });
  const outcome = await decide(handler, {
    method: incoming.method ?? "GET",
    path: incoming.url ?? "/",
    headers: plainHeaders(incoming),
    body,
  });
  if (outcome === "hang") return;
  if (outcome === "reset") return reset(incoming);
  await send(response, outcome);
}

async function decide(
  handler: LoopbackHandler,
  request: LoopbackRequest,
): Promise<LoopbackOutcome> {
  try {
    return await handler(request);
  } catch (error) {
    return { status: 500, headers: { "content-type": "text/plain" }, body: String(error) };
  }
}

async function readBody(
  incoming: IncomingMessage,
  limit: number,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of incoming as AsyncIterable<Uint8Array>) {
    length += chunk.length;
    // Reading on to the end lets the client see the answer instead of a broken pipe.
    if (length <= limit) chunks.push(chunk);
  }
  if (length > limit) return undefined;
  const body = new Uint8Array(length);
  let offset = 0;
  for (const chunk of chunks) {
    body.set(chunk, offset);
    offset += chunk.length;
  }
  return body;
}

function plainHeaders(incoming: IncomingMessage): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(incoming.headers)) {
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(", ") : value;
  }
  return headers;
}

function reset(incoming: IncomingMessage): void {
  const { socket } = incoming;
  // A TLS socket, and some runtimes, have no reset: to the client a bare close looks alike.
  if (typeof socket.resetAndDestroy === "function") socket.resetAndDestroy();
  else socket.destroy();
}

async function send(response: ServerResponse, reply: LoopbackResponse): Promise<void> {
  response.writeHead(reply.status ?? 200, reply.headers);
  const body = reply.body ?? "";
  if (typeof body === "string" || body instanceof Uint8Array) {
    response.end(body);
    return;
  }
  response.flushHeaders();
  for await (const chunk of body) {
    if (response.destroyed) return;
    response.write(chunk);
  }
  response.end();
}
