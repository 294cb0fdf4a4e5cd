import { serveLoopback } from "../runtime/http_server.ts";
import type {
  LoopbackOutcome,
  LoopbackRequest,
  LoopbackServer,
  LoopbackTls,
} from "../runtime/http_server.ts";
import { Changes } from "./changes.ts";
import type { WaitOptions } from "./changes.ts";
import { logsOf, metricsOf, spansOf } from "./otlp_records.ts";
import type { ReceivedLog, ReceivedMetric, ReceivedSpan } from "./otlp_records.ts";

/** Settings of an {@linkcode otlpReceiver}. */
export interface OtlpReceiverOptions {
  /** PEM texts: the receiver then speaks TLS, and mutual TLS when a client authority is given. */
  tls?: LoopbackTls;
}

/** A request that the receiver got, whatever it answered. */
export interface OtlpRequest {
  /** Such as `/v1/traces`. */
  path: string;
  /** `POST`, of a client that behaves. */
  method: string;
  /** Names in lower case. */
  headers: Record<string, string>;
  /** Bytes on the wire, as sent. */
  wireBytes: number;
  /** Decompressed and parsed as JSON; the text itself where it is no JSON. */
  body: unknown;
  /** Whether it was answered with a status of 200 to 299. */
  accepted: boolean;
}

/** An answer that a test orders in place of the usual `200 {}`. */
export interface OtlpResponse {
  /** 200 by default. */
  status?: number;
  /** Beside `content-type: application/json`. */
  headers?: Record<string, string>;
  /** A string is sent as it is, anything else as JSON. `{}` by default. */
  body?: unknown;
  /** Wait before the answer, in milliseconds. */
  delayMs?: number;
}

/** How the receiver may misbehave: an answer, no answer at all, or a connection that is reset. */
export type OtlpFault = OtlpResponse | "hang" | "reset";

/** An OTLP/HTTP JSON collector on loopback. Made by {@linkcode otlpReceiver}. */
export class OtlpReceiver {
  /** Every request, accepted or not, in order. */
  readonly requests: OtlpRequest[] = [];
  /** The spans of the accepted requests. */
  readonly spans: ReceivedSpan[] = [];
  /** The metrics of the accepted requests. */
  readonly metrics: ReceivedMetric[] = [];
  /** The log records of the accepted requests. */
  readonly logs: ReceivedLog[] = [];
  readonly #changes = new Changes();
  readonly #options: OtlpReceiverOptions;
  #faults: { fault: OtlpFault; times: number }[] = [];
  #server: LoopbackServer | undefined;

  /** Use {@linkcode otlpReceiver}, which also starts it. */
  constructor(options: OtlpReceiverOptions = {}) {
    this.#options = options;
  }

  /** Starts the server. */
  async start(): Promise<void> {
    this.#server = await serveLoopback((request) => this.#serve(request), this.#options);
  }

  /** Base URL for `CODEX_OTLP_ENDPOINT`, such as `http://127.0.0.1:40123`. */
  get url(): string {
    return this.#server?.url ?? "";
  }

  /**
   * Orders what the next requests get in place of `200 {}`: once by default, `times` times
   * (`Infinity` for ever). Several orders are served one after the other.
   */
  respondWith(fault: OtlpFault, options: { times?: number } = {}): void {
    this.#faults.push({ fault, times: options.times ?? 1 });
  }

  /** Takes back all orders that are left: requests are accepted again. */
  recover(): void {
    this.#faults = [];
  }

  /**
   * Resolves with all spans so far, once there are as many as given or one that fits.
   * @throws {CodexError} `timeout`; the message lists the spans that came.
   */
  waitForSpans(
    wanted: number | ((span: ReceivedSpan) => boolean),
    options: WaitOptions = {},
  ): Promise<ReceivedSpan[]> {
    const enough = typeof wanted === "number"
      ? () => this.spans.length >= wanted
      : () => this.spans.some(wanted);
    return this.#changes.until(() => enough() ? this.spans : undefined, {
      ...options,
      describe: () => `not the awaited spans, but: ${this.#names() || "none"}`,
    });
  }

  /**
   * Resolves with all requests so far, once there are as many as given or one that fits.
   * @throws {CodexError} `timeout`
   */
  waitForRequests(
    wanted: number | ((request: OtlpRequest) => boolean),
    options: WaitOptions = {},
  ): Promise<OtlpRequest[]> {
    const enough = typeof wanted === "number"
      ? () => this.requests.length >= wanted
      : () => this.requests.some(wanted);
    return this.#changes.until(() => enough() ? this.requests : undefined, {
      ...options,
      describe: () => `not the awaited requests to the OTLP receiver: ${this.requests.length} came`,
    });
  }

  /** Forgets what has arrived. */
  clear(): void {
    for (const list of [this.requests, this.spans, this.metrics, this.logs]) list.length = 0;
  }

  /** Stops the server. Idempotent. */
  async close(): Promise<void> {
    await this.#server?.close();
  }

  /** The same as `close()`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #names(): string {
    return this.spans.map(({ name }) => name).join(", ");
  }

  async #serve(request: LoopbackRequest): Promise<LoopbackOutcome> {
    const fault = this.#nextFault();
    const body = await decode(request);
    const accepted = isAccepted(fault);
    const { path, method, headers } = request;
    this.requests.push({ path, method, headers, wireBytes: request.body.length, body, accepted });
    if (accepted) this.#keep(path, body);
    this.#changes.announce();
    return await respond(fault);
  }

  #nextFault(): OtlpFault {
    const next = this.#faults[0];
    if (next === undefined) return {};
    next.times -= 1;
    if (next.times <= 0) this.#faults.shift();
    return next.fault;
  }

  #keep(path: string, body: unknown): void {
    if (path.endsWith("/v1/traces")) this.spans.push(...spansOf(body));
    if (path.endsWith("/v1/metrics")) this.metrics.push(...metricsOf(body));
    if (path.endsWith("/v1/logs")) this.logs.push(...logsOf(body));
  }
}

function isAccepted(fault: OtlpFault): boolean {
  if (typeof fault === "string") return false;
  const { status = 200 } = fault;
  return status >= 200 && status < 300;
}

async function respond(fault: OtlpFault): Promise<LoopbackOutcome> {
  if (typeof fault === "string") return fault;
  const { status = 200, headers, body = {}, delayMs } = fault;
  if (delayMs) await new Promise((resolve) => setTimeout(resolve, delayMs));
  return {
    status,
    headers: { "content-type": "application/json", ...headers },
    body: typeof body === "string" ? body : JSON.stringify(body),
  };
}

async function decode(request: LoopbackRequest): Promise<unknown> {
  const text = await inflate(request);
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

async function inflate({ body, headers }: LoopbackRequest): Promise<string> {
  const encoding = headers["content-encoding"];
  if (encoding !== "gzip" && encoding !== "deflate") return new TextDecoder().decode(body);
  const stream = new Blob([body]).stream().pipeThrough(new DecompressionStream(encoding));
  return await new Response(stream).text();
}

/**
 * Starts an OTLP/HTTP JSON collector on loopback that keeps what arrives, as flat records, and
 * that can be told to fail.
 *
 * @example Refuse once, then receive a span
 * ```ts
 * import { otlpReceiver } from "@codex-otel/sdk/testing";
 * import assert from "node:assert/strict";
 *
 * const receiver = await otlpReceiver();
 * receiver.respondWith({ status: 503, headers: { "retry-after": "1" } });
 * // In a test of your own: await telemetry.configure({ enabled: true, endpoint: receiver.url })
 * const span = { name: "work", traceId: "0af7651916cd43dd8448eb211c80319c", spanId: "b7ad6b7169203331" };
 * const post = () =>
 *   fetch(`${receiver.url}/v1/traces`, {
 *     method: "POST",
 *     body: JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: [span] }] }] }),
 *   });
 *
 * const refused = await post();
 * const accepted = await post();
 * assert.deepEqual([refused.status, accepted.status], [503, 200]);
 * await Promise.all([refused.text(), accepted.text()]);
 * const [received] = await receiver.waitForSpans(1);
 * assert.equal(received?.name, "work");
 * await receiver.close();
 * ```
 */
export async function otlpReceiver(options: OtlpReceiverOptions = {}): Promise<OtlpReceiver> {
  const receiver = new OtlpReceiver(options);
  await receiver.start();
  return receiver;
}
