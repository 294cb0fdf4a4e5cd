/** A TLS server that tells by whose certificate each request came. Bun's HTTPS server does not. */
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { createServer, type Server, type TLSSocket } from "node:tls";
import { pem } from "./tls_files.ts";

export class TlsPeers {
  /** Common name of the client's certificate, by request. */
  readonly requests: string[] = [];
  /** Connections there were. */
  connections = 0;
  readonly #server: Server;
  readonly #open: Set<TLSSocket> = new Set();

  private constructor() {
    const material = { cert: pem("server.crt"), key: pem("server.key"), ca: pem("ca.crt") };
    const options = { ...material, requestCert: true, rejectUnauthorized: true };
    this.#server = createServer(options, (socket) => this.#serve(socket));
  }

  /** Starts one on a free port. */
  static async listen(): Promise<TlsPeers> {
    const peers = new TlsPeers();
    await once(peers.#server.listen(0, "127.0.0.1"), "listening");
    return peers;
  }

  /** Base URL. */
  get url(): string {
    return `https://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Connections that are open now. */
  get open(): number {
    return this.#open.size;
  }

  async close(): Promise<void> {
    for (const socket of this.#open) socket.destroy();
    const closed = once(this.#server, "close");
    this.#server.close();
    await closed;
  }

  /** The same as `close()`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #serve(socket: TLSSocket): void {
    this.connections++;
    this.#open.add(socket);
    socket.on("close", () => this.#open.delete(socket)).on("error", () => {});
    let text = "";
    socket.setEncoding("latin1").on("data", (data: string) => {
      text += data;
      const head = text.indexOf("\r\n\r\n");
      const length = /content-length: (\d+)/i.exec(text.slice(0, head))?.[1];
      if (head < 0 || text.length < head + 4 + Number(length)) return;
      text = "";
      this.requests.push(String(socket.getPeerCertificate().subject.CN));
      socket.write(
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}",
      );
    });
  }
}
