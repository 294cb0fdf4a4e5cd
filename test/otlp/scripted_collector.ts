/** A collector for the tests, which misbehaves as it is told to. */
import { createServer as createHttpServer } from "node:http";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import type { AddressInfo, Socket } from "node:net";
import { gunzipSync } from "node:zlib";

/** A request as the script sees it. */
export interface ScriptedRequest {
  /** 0 for the first. */
  index: number;
  path: string;
  headers: IncomingMessage["headers"];
  /** Bytes on the wire. */
  wireBytes: number;
  /** Span ids, or the bodies of log records, in it. */
  ids: string[];
  text: string;
}

/** What to do with a request. What is recorded counts as delivered. */
export type Reply =
  | { status?: number; headers?: Record<string, string>; body?: string; record?: number }
  | "hang"
  | "reset"
  /** Takes the request and resets before it answers. */
  | "reset_taken"
  /** Takes the request, says 200, and resets in the middle of the body. */
  | "reset_midway"
  /** Takes the request, says 200, and never ends the body. */
  | "hang_midway"
  /** Takes the request and answers with 100 MB. */
  | "flood";

export type Script = (request: ScriptedRequest) => Reply | undefined | Promise<Reply | undefined>;

export interface TlsServerOptions {
  cert: string;
  key: string;
  /** Clients must have a certificate of this authority. */
  ca?: string;
}

export class ScriptedCollector {
  /** Decides about each request; `undefined` is a plain 200. */
  script: Script = () => undefined;
  /** How long to wait before each piece of a request body is read. */
  readDelayMs = 0;
  readonly requests: ScriptedRequest[] = [];
  /** How often each id was taken. */
  readonly taken: Map<string, number> = new Map();
  readonly #server: Server;
  readonly #sockets: Set<Socket> = new Set();
  #port = 0;
  #scheme: string;
  #waiters: { ready: () => boolean; resolve: () => void }[] = [];
  #stopFlood = false;

  constructor(tls?: TlsServerOptions) {
    const listener = (request: IncomingMessage, response: ServerResponse) => {
      void this.#handle(request, response);
    };
    const secure = tls && { ...tls, requestCert: tls.ca !== undefined, rejectUnauthorized: true };
    this.#scheme = secure ? "https" : "http";
    this.#server = secure
      ? createHttpsServer(secure, listener) as unknown as Server
      : createHttpServer(listener);
    this.#server.on("connection", (socket: Socket) => {
      this.#sockets.add(socket);
      socket.on("close", () => this.#sockets.delete(socket));
    });
  }

  /** Base URL. */
  get url(): string {
    return `${this.#scheme}://127.0.0.1:${this.#port}`;
  }

  get port(): number {
    return this.#port;
  }

  /** Connections that are open now. */
  get connections(): number {
    return this.#sockets.size;
  }

  /** Ids taken once or more. */
  get distinct(): number {
    return this.taken.size;
  }

  /** Ids taken more than once. */
  get duplicates(): number {
    return [...this.taken.values()].filter((count) => count > 1).length;
  }

  /** Starts listening, on a free port or on a given one. */
  async listen(port: number = 0, host: string = "127.0.0.1"): Promise<this> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once("error", reject);
      this.#server.listen(port, host, () => resolve());
    });
    this.#port = (this.#server.address() as AddressInfo).port;
    return this;
  }

  /** Stops listening and cuts all connections. */
  async close(): Promise<void> {
    this.#stopFlood = true;
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#server.closeAllConnections?.();
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  /** The same as `close()`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** Waits until something is so; looks after each request. */
  async until(ready: () => boolean): Promise<void> {
    if (ready()) return;
    await new Promise<void>((resolve) => this.#waiters.push({ ready, resolve }));
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Uint8Array[] = [];
    try {
      for await (const chunk of request) {
        chunks.push(chunk as Uint8Array);
        if (this.readDelayMs > 0) await new Promise((done) => setTimeout(done, this.readDelayMs));
      }
    } catch {
      return; // The client went away.
    }
    const wire = Buffer.concat(chunks);
    const zipped = request.headers["content-encoding"] === "gzip";
    const text = (zipped ? gunzipSync(wire) : wire).toString();
    const seen: ScriptedRequest = {
      index: this.requests.length,
      path: request.url ?? "",
      headers: request.headers,
      wireBytes: wire.byteLength,
      ids: idsOf(text),
      text,
    };
    this.requests.push(seen);
    await this.#answer(seen, { response, reply: await this.script(seen) ?? {} });
    const ready = this.#waiters.filter((waiter) => waiter.ready());
    this.#waiters = this.#waiters.filter((waiter) => !ready.includes(waiter));
    for (const { resolve } of ready) resolve();
  }

  async #answer(
    request: ScriptedRequest,
    { response, reply }: { response: ServerResponse; reply: Reply },
  ): Promise<void> {
    if (reply === "hang") return;
    if (reply === "reset") return void response.socket?.destroy();
    if (typeof reply === "string") {
      this.#take(request.ids);
      if (reply === "reset_taken") return void response.socket?.destroy();
      response.writeHead(200, {
        "content-type": "application/json",
        "content-length": "100000000",
      });
      response.write('{"partialSuccess":');
      if (reply === "reset_midway") setTimeout(() => response.socket?.destroy(), 20);
      if (reply === "flood") await this.#flood(response);
      return;
    }
    const status = reply.status ?? 200;
    if (status < 300) this.#take(request.ids.slice(0, reply.record ?? request.ids.length));
    response.writeHead(status, { "content-type": "application/json", ...reply.headers });
    response.end(reply.body ?? "{}");
  }

  async #flood(response: ServerResponse): Promise<void> {
    const chunk = " ".repeat(1_000_000);
    for (let sent = 0; sent < 100 && !this.#stopFlood && !response.destroyed; sent++) {
      if (response.write(chunk)) continue;
      await new Promise<void>((resolve) => {
        response.once("drain", resolve);
        response.once("close", resolve);
      });
    }
    response.destroy();
  }

  #take(ids: string[]): void {
    for (const id of ids) this.taken.set(id, (this.taken.get(id) ?? 0) + 1);
  }
}

function idsOf(text: string): string[] {
  return Array.from(
    text.matchAll(/"spanId":"([0-9a-f]{16})","(?:parentSpanId|name)/g),
    (m) => m[1]!,
  );
}
