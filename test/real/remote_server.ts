import { type ChildProcess, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { join } from "node:path";
import process from "node:process";
import { createInterface } from "node:readline";
import { findCli } from "../../src/core/cli_lookup.ts";
import { loadRuntime } from "../../src/runtime/detect.ts";

/** The token of all servers here. */
export const TOKEN = "capability-token-of-the-test";

/** A real app-server that listens on loopback. */
export interface RemoteServer {
  url: string;
  port: number;
  pid: number;
  signal(signal: NodeJS.Signals): void;
  /** Kills it, and resolves when it is gone. */
  kill(): Promise<void>;
}

/** Starts one that wants {@linkcode TOKEN}; on any port unless one is given. */
export async function startRemoteServer(
  env: Record<string, string>,
  port = 0,
): Promise<RemoteServer> {
  const cli = await findCli(await loadRuntime(), { env });
  const tokenFile = join(env["CODEX_HOME"]!, "token");
  writeFileSync(tokenFile, TOKEN);
  const listen = ["app-server", "--listen", `ws://127.0.0.1:${port}`];
  const auth = ["--ws-auth", "capability-token", "--ws-token-file", tokenFile];
  const child = spawn(cli.command, [...listen, ...auth], {
    env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const exited = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const url = await boundUrl(child);
  return {
    url,
    port: Number(new URL(url).port),
    pid: child.pid!,
    signal: (signal) => void process.kill(child.pid!, signal),
    // Not `child.kill()`, which under Deno does nothing the second time.
    kill: () => {
      if (child.exitCode === null && child.signalCode === null) {
        process.kill(child.pid!, "SIGKILL");
      }
      return exited;
    },
  };
}

/** It says where it listens on one of its outputs. */
function boundUrl(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    child.once("exit", (code) => reject(new Error(`The app-server ended with ${code}.`)));
    for (const input of [child.stdout!, child.stderr!]) {
      createInterface({ input }).on("line", (line) => {
        const url = /listening on: (ws:\S+)/.exec(line)?.[1];
        if (url) resolve(url);
      });
    }
  });
}

/** A server that is no app-server. */
export interface Stranger {
  url: string;
  close(): Promise<void>;
}

/** One that answers upgrades with a status, or takes them and then says something else. */
export async function startStranger(
  answer: { status: number } | { text: string },
): Promise<Stranger> {
  const sockets = new Set<Socket>();
  const server = createServer((_, response) => {
    response.writeHead("status" in answer ? answer.status : 404).end("Hello");
  });
  server.on("connection", (socket: Socket) => sockets.add(socket));
  if ("text" in answer) {
    server.on("upgrade", (request, socket) => {
      const key = String(request.headers["sec-websocket-key"]);
      socket.write(
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
          `Sec-WebSocket-Accept: ${acceptKey(key)}\r\n\r\n`,
      );
      socket.once("data", () => socket.write(textFrame(answer.text)));
      socket.on("error", () => {});
    });
  }
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return { url: `ws://127.0.0.1:${port}`, close: () => close(server, sockets) };
}

function close(server: Server, sockets: Set<Socket>): Promise<void> {
  for (const socket of sockets) socket.destroy();
  return new Promise((resolve) => server.close(() => resolve()));
}

/** RFC 6455, 4.2.2. */
function acceptKey(key: string): string {
  return createHash("sha1").update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest("base64");
}

/** One frame of less than 126 bytes (RFC 6455, 5.2). */
function textFrame(text: string): Uint8Array {
  const bytes = new TextEncoder().encode(text);
  return Uint8Array.from([0x81, bytes.length, ...bytes]);
}
