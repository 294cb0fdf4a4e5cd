/**
 * The wiring of the package for the edge: no process, no file, and no runtime adapter.
 * @module
 */
import { BaseCodex } from "./core/codex.ts";
import { openWebWebSocket } from "./core/app_server/web_web_socket.ts";
import type { CodexOptions, RemoteAppServer, ThreadOptions } from "./core/options.ts";
import { remoteTransport } from "./core/remote_transport.ts";
import type { Thread } from "./core/thread.ts";
import { ToolStatistics } from "./core/tools/tool_metrics.ts";
import type { TransportFactory } from "./core/turn_request.ts";
import { CodexError } from "./errors.ts";
import { HeartbeatSerial } from "./telemetry/heartbeat_serial.ts";
import { Telemetry } from "./telemetry/instance.ts";

/** Creates telemetry of its own, beside the shared one: its handlers and its exports are apart. */
export function createTelemetry(): Telemetry {
  return new Telemetry({
    env: () => Promise.resolve({}),
    pipeline: async () => (await import("./otlp/flush_pipeline.ts")).FLUSH_PIPELINE,
    // What a request to this program began (a `fetch`, a timer, a promise) ends with it, without a word.
    serial: new HeartbeatSerial(),
  });
}

/**
 * The shared telemetry instance, which every `Codex` uses unless it is given another one. It does
 * nothing until `configure()` enables it or a handler is attached.
 */
export const telemetry: Telemetry = createTelemetry();

/** What is counted of the tools of this isolate: `metrics()`, `resetMetrics()`. */
export const tools: ToolStatistics = new ToolStatistics();

/** Options of a {@linkcode Codex} on the edge: those that need no process. */
export interface EdgeCodexOptions
  extends Pick<CodexOptions, "apiKey" | "baseUrl" | "config" | "telemetry"> {
  /** The app-server that the turns go to. */
  transport: RemoteAppServer;
}

/**
 * Starts and resumes conversations with the Codex agent behind a remote app-server. On Workers its
 * connection belongs to the request that made it: make one in each request, and close it there.
 *
 * @example A Worker in front of a remote app-server
 * ```ts
 * import { Codex, telemetry } from "@codex-otel/sdk/edge";
 * import assert from "node:assert/strict";
 *
 * interface Env {
 *   CODEX_URL: string; // Such as "wss://codex.example.com"
 *   CODEX_TOKEN: string;
 *   CODEX_OTLP_ENDPOINT: string;
 * }
 * type Context = { waitUntil(promise: Promise<unknown>): void };
 *
 * const worker = {
 *   async fetch(request: Request, env: Env, context: Context): Promise<Response> {
 *     if (!telemetry.status().enabled) await telemetry.configure({ env, enabled: true });
 *     const codex = new Codex({ transport: { url: env.CODEX_URL, token: env.CODEX_TOKEN } });
 *     try {
 *       const thread = codex.startThread({ workingDirectory: "/srv/project" });
 *       const turn = await thread.run(await request.text());
 *       return new Response(turn.finalResponse);
 *     } finally {
 *       await codex.close();
 *       context.waitUntil(telemetry.flush());
 *     }
 *   },
 * };
 * assert.equal(typeof worker.fetch, "function"); // In a Worker: export default worker;
 * ```
 */
export class Codex extends BaseCodex {
  /**
   * Creates a `Codex`; it connects with the first turn.
   * @throws {TypeError} when the address, the token or the headers cannot be used.
   * @throws {CodexError} `unsupported` for an option that needs a process.
   */
  constructor(options: EdgeCodexOptions) {
    super(options, { createTransport, statistics: tools, telemetry });
  }

  /**
   * Starts a new conversation. Nothing happens before its first turn.
   * @throws {TypeError} when `tools`, `approvals` or `approvalTimeoutMs` cannot be used.
   * @throws {RangeError} when `approvalTimeoutMs` is not above 0, or above 24.8 days.
   * @throws {CodexError} `unsupported` for `attachments`, which are files.
   */
  override startThread(options: ThreadOptions = {}): Thread {
    refuseFiles(options);
    return super.startThread(options);
  }

  /**
   * Goes on with a conversation that the app-server keeps.
   * @throws {TypeError} when `tools`, `approvals` or `approvalTimeoutMs` cannot be used.
   * @throws {RangeError} when `approvalTimeoutMs` is not above 0, or above 24.8 days.
   * @throws {CodexError} `unsupported` for `attachments`, which are files.
   */
  override resumeThread(id: string, options: ThreadOptions = {}): Thread {
    refuseFiles(options);
    return super.resumeThread(id, options);
  }
}

const PROCESS_OPTIONS = [
  "codexPathOverride",
  "configOverrides",
  "env",
  "stopGraces",
  "cli",
] as const satisfies (keyof CodexOptions)[];

const createTransport: TransportFactory = (options, context) => {
  const { transport } = options;
  if (typeof transport !== "object") throw needsProcess(`transport: "${transport ?? "exec"}"`);
  const option = PROCESS_OPTIONS.find((name) => options[name] !== undefined);
  if (option !== undefined) throw needsProcess(option);
  return remoteTransport(transport, { ...context, options, openWebSocket: openWebWebSocket });
};

function needsProcess(feature: string): CodexError<"unsupported"> {
  return new CodexError(
    "unsupported",
    `There are no processes on the edge for ${feature}. Use a remote app-server: ` +
      "{ transport: { url, token } }.",
    { details: { feature } },
  );
}

function refuseFiles({ attachments }: ThreadOptions): void {
  if (attachments === undefined || attachments.length === 0) return;
  const message = "There are no files on the edge for attachments. Put the text in the prompt.";
  throw new CodexError("unsupported", message, { details: { feature: "attachments" } });
}
