/** What the benchmarks of the exporters share. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createRequire } from "node:module";
import process from "node:process";
import { fileURLToPath } from "node:url";
import type { ReadableSpan, SpanExporter } from "@opentelemetry/sdk-trace-base";
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
} from "@opentelemetry/sdk-trace-base";
import { OTLPTraceExporter } from "../../src/otlp/mod.ts";

/** What came to a sink. */
export interface SinkStats {
  bytes: number;
  requests: number;
  distinct: number;
  duplicates: number;
}

/** The collector of `otlp_sink.ts`, run by Node whatever runs the benchmark. */
export class Sink {
  readonly url: string;
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess, port: string) {
    this.#child = child;
    this.url = `http://127.0.0.1:${port}`;
  }

  /** Starts one. */
  static async start(): Promise<Sink> {
    const file = fileURLToPath(new URL("./otlp_sink.ts", import.meta.url));
    const child = spawn("node", ["--import", "tsx", file], {
      stdio: ["pipe", "pipe", "inherit"],
      cwd: fileURLToPath(new URL("../..", import.meta.url)),
    });
    const [line] = await once(child.stdout, "data");
    return new Sink(child, String(line).trim());
  }

  /** Forgets what came, and answers 503 for a time. */
  async reset(awayMs: number = 0): Promise<void> {
    await (await fetch(`${this.url}/reset?away_ms=${awayMs}`)).text();
  }

  /** What came since. */
  async stats(): Promise<SinkStats> {
    return await (await fetch(`${this.url}/stats`)).json() as SinkStats;
  }

  /** Ends it. */
  async stop(): Promise<void> {
    this.#child.stdin?.end();
    await once(this.#child, "exit");
  }
}

export type Compression = "gzip" | "none";
export type ExporterMaker = (url: string, compression: Compression) => SpanExporter;

const require = createRequire(import.meta.url);
const OFFICIAL = "@opentelemetry/exporter-trace-otlp-http";

function official(platform: "node" | "browser"): ExporterMaker {
  const path = require.resolve(OFFICIAL).replace(/index\.js$/, `platform/${platform}/index.js`);
  const { OTLPTraceExporter } = require(path) as {
    OTLPTraceExporter: new (config: object) => SpanExporter;
  };
  return (url, compression) => new OTLPTraceExporter({ url, compression });
}

/** The exporters that run here, by name. The official one for Node runs on `node:http`. */
export function exporters(): Record<string, ExporterMaker> {
  return {
    "ours": (url, compression) => new OTLPTraceExporter({ url, compression }),
    "official http": official("node"),
    "official fetch": official("browser"),
  };
}

/** Spans like those of an agent's run. */
export function agentSpans(count: number): ReadableSpan[] {
  const memory = new InMemorySpanExporter();
  const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(memory)] });
  const tracer = provider.getTracer("codex-otel", "0.1.0");
  for (let index = 0; index < count; index++) {
    tracer.startSpan("execute_tool exec", attributes(index)).end();
  }
  return memory.getFinishedSpans();
}

/** The attributes of the n-th tool call. */
export function attributes(index: number): { attributes: Record<string, string | number> } {
  return {
    attributes: {
      "gen_ai.operation.name": "execute_tool",
      "gen_ai.tool.name": "exec_command",
      "gen_ai.tool.type": "function",
      "gen_ai.tool.call.id": `call_${index}`,
      "process.executable.name": "npm",
      "process.exit.code": index % 3,
      "codex.thread.id": `019a-${index % 100}`,
      "codex.turn.id": `turn-${index % 1000}`,
    },
  };
}

/** CPU time of this process so far, in microseconds. */
export function cpuMicros(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}

/** The middle one. */
export function median(values: number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1]!;
}
