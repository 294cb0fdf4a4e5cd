/** A real OpenTelemetry Collector, run for a test. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sleep } from "../otlp/helpers.ts";
import { tlsPath } from "../otlp/tls_files.ts";

/** Where it listens and where it sends what it gets. */
export interface OtelcolOptions {
  binary: string;
  forwardTo: string;
  mtls: boolean;
}

export class Otelcol {
  readonly url: string;
  readonly #child: ChildProcess;
  readonly #folder: string;

  private constructor(url: string, { child, folder }: { child: ChildProcess; folder: string }) {
    this.url = url;
    this.#child = child;
    this.#folder = folder;
  }

  /** Starts one and waits until it listens. */
  static async start(options: OtelcolOptions): Promise<Otelcol> {
    const port = await freePort();
    const folder = mkdtempSync(join(tmpdir(), "codex-otel-collector-"));
    const config = join(folder, "config.yaml");
    writeFileSync(config, configuration(port, options));
    const child = spawn(options.binary, ["--config", config], {
      stdio: ["ignore", "ignore", "pipe"],
    });
    let log = "";
    child.stderr.on("data", (data) => log = (log + data).slice(-8000));
    while (!await listens(port)) {
      if (child.exitCode !== null) throw new Error(`The collector ended: ${log}`);
      await sleep(50);
    }
    const scheme = options.mtls ? "https" : "http";
    return new Otelcol(`${scheme}://127.0.0.1:${port}`, { child, folder });
  }

  /** Ends it; it sends on what it holds first. */
  async stop(): Promise<void> {
    const ended = once(this.#child, "exit");
    this.#child.kill("SIGTERM");
    await ended;
    rmSync(this.#folder, { recursive: true });
  }
}

function configuration(port: number, { forwardTo, mtls }: OtelcolOptions): string {
  const tls = {
    cert_file: tlsPath("server.crt"),
    key_file: tlsPath("server.key"),
    client_ca_file: tlsPath("ca.crt"),
  };
  const pipeline = { receivers: ["otlp"], processors: ["batch"], exporters: ["otlphttp", "debug"] };
  // JSON is YAML.
  return JSON.stringify({
    receivers: {
      otlp: { protocols: { http: { endpoint: `127.0.0.1:${port}`, ...(mtls ? { tls } : {}) } } },
    },
    processors: { batch: { timeout: "50ms" } },
    exporters: {
      otlphttp: { endpoint: forwardTo, encoding: "json", compression: "gzip" },
      debug: {},
    },
    service: {
      telemetry: { metrics: { level: "none" } },
      pipelines: { traces: pipeline, metrics: pipeline, logs: pipeline },
    },
  });
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    const answer = (yes: boolean) => {
      socket.destroy();
      resolve(yes);
    };
    socket.on("connect", () => answer(true)).on("error", () => answer(false));
  });
}
