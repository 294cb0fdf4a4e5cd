/**
 * One connection to an app-server, shared by the threads that use it.
 * @module
 */
import { CodexError, isCodexError } from "../../errors.ts";
import { type Fields, isFields, stringField } from "../../protocol/fields.ts";
import { VERSION } from "../../version.ts";
import { delay } from "../delay.ts";
import {
  type IncomingRequest,
  type MessageChannel,
  type RequestOptions,
  RpcPeer,
} from "../rpc_peer.ts";
import { LoadedThreads, type Notification } from "./loaded_threads.ts";

/** What a turn hears of its thread. */
export interface ThreadRoute {
  onNotification(method: string, params: Fields): void;
  /** Undefined when the method is unknown. */
  onRequest(request: IncomingRequest): Promise<unknown>;
  /** The connection has ended. */
  onEnd(error: Error): void;
}

/** A channel that was opened, and how to tell of its end. */
export interface OpenedChannel {
  channel: MessageChannel;
  /** Whether the server lives for this connection alone, and ends with it. */
  isOwn?: boolean;
  /** Describes why it ended; the cause is the error that was seen, if any. */
  describeEnd(cause: unknown): Promise<Error>;
}

/** What opening a connection depends on. */
export interface ConnectOptions {
  /** Where the server is, as an error may show it. */
  place: string;
  /** Gives up the handshake; its reason is what opening rejects with. */
  signal: AbortSignal;
}

/** How long the first answer may take. A CLI that starts for the first time is slow. */
const HANDSHAKE_TIMEOUT_MS = 60_000;

/**
 * What a server says of itself before there is a turn to hear it: the first one does. Rate limits and
 * the like are told again.
 */
const KEPT: ReadonlySet<string> = new Set(["configWarning", "deprecationNotice", "warning"]);

/** So much of it is kept. */
const MAX_KEPT = 32;

/** What the app-server is told of us. */
const CLIENT_INFO = { name: "codex_otel_ts", title: "codex-otel", version: VERSION };

/** Carries requests of all threads, and hands what comes back to the thread it is for. */
export class AppServerConnection {
  readonly #peer: RpcPeer;
  readonly #routes = new Map<string, ThreadRoute>();
  readonly #unheard: Notification[] = [];
  /** The threads that this server has loaded, so that a turn on them needs no resume. */
  readonly threads: LoadedThreads = new LoadedThreads();
  readonly #isOwn: boolean;
  #end: Error | undefined;

  private constructor(opened: OpenedChannel) {
    this.#isOwn = opened.isOwn ?? false;
    this.#peer = new RpcPeer(opened.channel, {
      onNotification: (method, params) => this.#onNotification(method, params),
      onRequest: async (request) => await this.#routeOf(request.params)?.onRequest(request),
      describeEnd: (cause) => opened.describeEnd(cause),
      onEnd: (error) => this.#onEnd(error),
    });
  }

  /**
   * Shakes hands over a channel.
   * @throws {CodexError} `not_app_server` when what answers does not speak its protocol, or says
   * nothing; what `describeEnd` made when the connection ends meanwhile.
   */
  static async open(opened: OpenedChannel, options: ConnectOptions): Promise<AppServerConnection> {
    const { place, signal } = options;
    const connection = new AppServerConnection(opened);
    const timer = new AbortController();
    const givenUp = AbortSignal.any([timer.signal, signal]);
    const timeout = delay(HANDSHAKE_TIMEOUT_MS, givenUp).then(() => {
      throw signal.aborted ? signal.reason : notAppServer(place, "it did not answer in time");
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

  /** Whether requests can be sent; false as soon as nobody is there, before it is known why. */
  get isOpen(): boolean {
    return this.#peer.isOpen;
  }

  /** Why the connection ended; undefined while it stands. */
  get end(): Error | undefined {
    return this.#end;
  }

  /** Resolves when the connection has ended and nothing of it is left. Never rejects. */
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
    const unheard = this.#unheard.splice(0);
    for (const { method, params } of [...unheard, ...this.threads.takeEarly(threadId)]) {
      route.onNotification(method, params);
    }
    return () => {
      if (this.#routes.get(threadId) === route) this.#routes.delete(threadId);
    };
  }

  /**
   * Ends a server that does not do what it is asked to, unless others may still get something of
   * it: those whose turns run there, or whose server it is.
   */
  async giveUp(error: Error): Promise<void> {
    if (this.#isOwn && this.turnCount === 1) await this.close(error);
  }

  /** Has the server let go of the threads that were not used for longest, where there are many. */
  unloadSurplus(): void {
    for (const threadId of this.threads.surplus((id) => this.#routes.has(id))) {
      this.threads.remove(threadId);
      // One that stays loaded takes memory there, and nothing else.
      this.request("thread/unsubscribe", { threadId }).catch(() => {});
    }
  }

  /** Ends the connection; the turns on it fail with the error. */
  async close(error: Error): Promise<void> {
    await this.#peer.close(error);
    await this.#peer.ended;
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
    const threadId = threadIdOf(params);
    if (threadId === undefined) return this.#onGeneral({ method, params });
    this.threads.note(threadId, { method, params });
    const route = this.#routes.get(threadId);
    if (route) route.onNotification(method, params);
    else this.threads.keepEarly(threadId, { method, params });
  }

  /** What is for no thread in particular is for all that run. */
  #onGeneral(notification: Notification): void {
    const { method, params } = notification;
    const routes = [...this.#routes.values()];
    for (const route of routes) route.onNotification(method, params);
    if (routes.length > 0 || !KEPT.has(method) || this.#unheard.length >= MAX_KEPT) return;
    this.#unheard.push(notification);
  }

  #routeOf(params: Fields): ThreadRoute | undefined {
    const threadId = threadIdOf(params);
    return threadId === undefined ? undefined : this.#routes.get(threadId);
  }

  #onEnd(error: Error): void {
    this.#end = error;
    const routes = [...this.#routes.values()];
    this.#routes.clear();
    for (const route of routes) route.onEnd(error);
  }
}

function threadIdOf(params: Fields): string | undefined {
  const { thread } = params;
  return stringField(params, "threadId", "conversationId") ??
    (isFields(thread) ? stringField(thread, "id") : undefined);
}

function isSpeechError(error: unknown): error is CodexError {
  return isCodexError(error, "protocol_error") || isCodexError(error, "rpc_error");
}

function notAppServer(place: string, reason: string): CodexError<"not_app_server"> {
  return new CodexError("not_app_server", `What answers at ${place} is no app-server: ${reason}.`, {
    details: { url: place, reason },
  });
}
