/**
 * One connection to an app-server, shared by the threads that use it.
 * @module
 */
import { CodexError } from "../../errors.ts";
import { parseCounts } from "../../protocol/counts.ts";
import { asFields, type Fields, isFields, stringField } from "../../protocol/fields.ts";
import type { TokenCounts } from "../../protocol/usage.ts";
import { VERSION } from "../../version.ts";
import { delay } from "../delay.ts";
import {
  type IncomingRequest,
  type MessageChannel,
  type RequestOptions,
  RpcPeer,
} from "../rpc_peer.ts";

/** What a turn hears of its thread. */
export interface ThreadRoute {
  onNotification(method: string, params: Fields): void;
  /** Undefined when the method is unknown. */
  onRequest(request: IncomingRequest, signal: AbortSignal): Promise<unknown> | undefined;
  /** The connection has ended. */
  onEnd(error: Error): void;
}

/** A channel that was opened, and how to tell of its end. */
export interface OpenedChannel {
  channel: MessageChannel;
  /** Describes why it ended; the cause is the error that was seen, if any. */
  describeEnd(cause: unknown): Promise<Error>;
}

/** How long the first answer may take. A CLI that starts for the first time is slow. */
const HANDSHAKE_TIMEOUT_MS = 60_000;

/** What the app-server is told of us. */
const CLIENT_INFO = { name: "codex_otel_ts", title: "codex-otel", version: VERSION };

/** Carries requests of all threads, and hands what comes back to the thread it is for. */
export class AppServerConnection {
  readonly #peer: RpcPeer;
  readonly #routes = new Map<string, ThreadRoute>();
  /** Threads that this server process has loaded, so that a turn on them needs no resume. */
  readonly loadedThreads: Set<string> = new Set();
  /** What each thread has used in all, as far as the server has told. */
  readonly totals: Map<string, TokenCounts> = new Map();
  #end: Error | undefined;

  private constructor(opened: OpenedChannel) {
    this.#peer = new RpcPeer(opened.channel, {
      onNotification: (method, params) => this.#onNotification(method, params),
      onRequest: (request, signal) => this.#routeOf(request.params)?.onRequest(request, signal),
      describeEnd: (cause) => opened.describeEnd(cause),
    });
    void this.#peer.ended.then((error) => this.#onEnd(error));
  }

  /**
   * Shakes hands over a channel.
   * @throws {CodexError} `not_app_server` when what answers does not speak its protocol, or says
   * nothing; what `describeEnd` made when the connection ends meanwhile.
   */
  static async open(opened: OpenedChannel, place: string): Promise<AppServerConnection> {
    const connection = new AppServerConnection(opened);
    const timer = new AbortController();
    const timeout = delay(HANDSHAKE_TIMEOUT_MS, timer.signal).then(() => {
      throw notAppServer(place, "it did not answer in time");
    });
    try {
      await Promise.race([connection.#shakeHands(place), timeout]);
      return connection;
    } catch (error) {
      await connection.close(error as Error);
      throw error;
    } finally {
      timer.abort();
      timeout.catch(() => {});
    }
  }

  /** Why the connection ended; undefined while it stands. */
  get end(): Error | undefined {
    return this.#end;
  }

  /** Resolves when the connection has ended. Never rejects. */
  get ended(): Promise<Error> {
    return this.#peer.ended;
  }

  /** How many turns run on it. */
  get turnCount(): number {
    return this.#routes.size;
  }

  /** How many requests wait for an answer. */
  get pendingCount(): number {
    return this.#peer.pendingCount;
  }

  /** Sends a request; see `RpcPeer.request`. */
  request(method: string, params: unknown, options?: RequestOptions): Promise<unknown> {
    return this.#peer.request(method, params, options);
  }

  /**
   * Hands what is for a thread to a route, until the function returned is called.
   * @throws {CodexError} `thread_busy` when a turn of this thread runs already.
   */
  route(threadId: string, route: ThreadRoute): () => void {
    if (this.#end) throw this.#end;
    if (this.#routes.has(threadId)) {
      throw new CodexError("thread_busy", `A turn of thread ${threadId} is running already.`, {
        details: { threadId },
      });
    }
    this.#routes.set(threadId, route);
    return () => {
      if (this.#routes.get(threadId) === route) this.#routes.delete(threadId);
    };
  }

  /** Ends the connection; the turns on it fail with the error. */
  async close(error: Error): Promise<void> {
    this.#onEnd(error);
    await this.#peer.close(error);
  }

  async #shakeHands(place: string): Promise<void> {
    const capabilities = { experimentalApi: true, requestAttestation: false };
    try {
      const hello = await this.request("initialize", { clientInfo: CLIENT_INFO, capabilities });
      if (!isFields(hello) || stringField(hello, "userAgent") === undefined) {
        throw notAppServer(place, "its answer to initialize is another one");
      }
    } catch (error) {
      throw isSpeechError(error) ? notAppServer(place, error.message) : error;
    }
    await this.#peer.notify("initialized");
  }

  #onNotification(method: string, params: Fields): void {
    if (method === "thread/tokenUsage/updated") this.#noteUsage(params);
    const route = this.#routeOf(params);
    if (route) return route.onNotification(method, params);
    // What is for no thread in particular (rate limits, warnings) is for all that run.
    if (stringField(params, "threadId") !== undefined) return;
    for (const each of [...this.#routes.values()]) each.onNotification(method, params);
  }

  #noteUsage(params: Fields): void {
    const threadId = stringField(params, "threadId");
    const total = parseCounts(asFields(params["tokenUsage"])["total"]);
    if (threadId !== undefined && total) this.totals.set(threadId, total);
  }

  #routeOf(params: Fields): ThreadRoute | undefined {
    const threadId = stringField(params, "threadId", "conversationId");
    return threadId === undefined ? undefined : this.#routes.get(threadId);
  }

  #onEnd(error: Error): void {
    if (this.#end) return;
    this.#end = error;
    const routes = [...this.#routes.values()];
    this.#routes.clear();
    for (const route of routes) route.onEnd(error);
  }
}

function isSpeechError(error: unknown): error is CodexError {
  return error instanceof CodexError &&
    (error.code === "protocol_error" || error.code === "rpc_error");
}

function notAppServer(place: string, reason: string): CodexError<"not_app_server"> {
  return new CodexError("not_app_server", `What answers at ${place} is no app-server: ${reason}.`, {
    details: { url: place, reason },
  });
}
