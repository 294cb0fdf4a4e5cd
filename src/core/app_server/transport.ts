/**
 * Turns over one app-server, which all threads of a `Codex` share.
 * @module
 */
import type { TransportName } from "../../events/catalogue.ts";
import { ZERO_COUNTS } from "../../protocol/counts.ts";
import { asFields, type Fields, stringField } from "../../protocol/fields.ts";
import { closedError } from "../closed_error.ts";
import type { CodexOptions } from "../options.ts";
import { encodeOutputSchema } from "../output_schema.ts";
import type { ServerAddress, Transport, TransportContext, TurnRequest } from "../turn_request.ts";
import type { TurnSource } from "../turn_source.ts";
import { untilAborted } from "../until_aborted.ts";
import { AppServerConnection, type OpenedChannel } from "./connection.ts";
import { logIn } from "./log_in.ts";
import { threadResumeParams, threadStartParams, turnStartParams } from "./params.ts";
import { TurnDesk } from "./turn_desk.ts";
import { AppServerSource } from "./turn_source.ts";
import { startWatch, type WatchIntervals } from "./watch.ts";

/** What the transport needs around it. */
export interface AppServerContext extends TransportContext {
  options: CodexOptions;
  name: Exclude<TransportName, "exec">;
  /** Where the server is, as an error may show it. */
  place: string;
  /** Where a remote server is, for telemetry. */
  server?: ServerAddress;
  /** How often a remote server is asked for signs of life. */
  watch?: WatchIntervals;
  open: (signal: AbortSignal) => Promise<OpenedChannel>;
}

/** A thread that is loaded, and its turn, which has not begun. */
interface Opened {
  connection: AppServerConnection;
  source: AppServerSource;
  threadId: string;
}

/** Starts turns over a connection that is made on first use, and made anew once it was lost. */
export class AppServerTransport implements Transport {
  readonly name: Exclude<TransportName, "exec">;
  readonly server: ServerAddress | undefined;
  readonly #context: AppServerContext;
  readonly #closing = new AbortController();
  /** All that have not ended; one that was lost may take a moment. */
  readonly #connections = new Set<AppServerConnection>();
  #connecting: Promise<AppServerConnection> | undefined;

  /** Creates the transport of one `Codex`; nothing is started yet. */
  constructor(context: AppServerContext) {
    this.#context = context;
    this.name = context.name;
    this.server = context.server;
  }

  /** The connections that have not ended. */
  get connections(): AppServerConnection[] {
    return [...this.#connections];
  }

  /**
   * Starts a turn, or a compaction.
   * @throws {CodexError} whatever connecting throws; `rpc_error` when the server refuses;
   * `thread_busy`; `connection_lost`.
   */
  async open(request: TurnRequest): Promise<TurnSource> {
    const { signal, turn } = request;
    if (turn.outputSchema !== undefined) encodeOutputSchema(turn.outputSchema);
    signal.throwIfAborted();
    const connection = await untilAborted(this.#connect(), signal);
    const { threads } = connection;
    const opened = await threads.expect(() =>
      request.threadId === null
        ? this.#startThread(connection, request)
        : this.#openThread(connection, { ...request, threadId: request.threadId })
    );
    return await endedByFailure(opened.source, () => this.#startTurn(opened, request));
  }

  /** Ends the connection, and the server with it where that is a child. */
  async close(): Promise<void> {
    this.#closing.abort(closedError());
    await this.#connecting?.catch(() => {});
    await Promise.all(this.connections.map((connection) => connection.close(closedError())));
  }

  async #connect(): Promise<AppServerConnection> {
    const connecting = this.#connecting ??= this.#openConnection();
    const forget = () => {
      if (this.#connecting === connecting) this.#connecting = undefined;
    };
    try {
      const connection = await connecting;
      if (connection.isOpen) return connection;
    } catch (error) {
      forget();
      throw error;
    }
    forget();
    return await this.#connect();
  }

  async #openConnection(): Promise<AppServerConnection> {
    const { open, place, options, name, watch } = this.#context;
    const { signal } = this.#closing;
    signal.throwIfAborted();
    const connection = await AppServerConnection.open(await open(signal), { place, signal });
    this.#connections.add(connection);
    void connection.ended.then(() => this.#connections.delete(connection));
    if (name === "websocket") startWatch(connection, place, watch);
    try {
      if (options.apiKey) await logIn(connection, options.apiKey);
      return connection;
    } catch (error) {
      await connection.close(error as Error);
      throw error;
    }
  }

  async #startThread(connection: AppServerConnection, request: TurnRequest): Promise<Opened> {
    const params = threadStartParams(request.thread, {
      codex: this.#configToSend(),
      ...(request.thread.tools ? { dynamicTools: request.thread.tools } : {}),
    });
    const thread = threadOf(await connection.request("thread/start", params, this.#with(request)));
    const threadId = stringField(thread, "id") ?? "";
    connection.threads.add(threadId, ZERO_COUNTS);
    const desk = new TurnDesk(request, this.#context);
    const source = new AppServerSource({ connection, threadId, desk });
    for (const event of desk.converter.threadStarted(thread)) source.push(event);
    return { connection, source, threadId };
  }

  async #openThread(
    connection: AppServerConnection,
    request: TurnRequest & { threadId: string },
  ): Promise<Opened> {
    const { threadId } = request;
    const desk = new TurnDesk(request, this.#context);
    const source = new AppServerSource({ connection, threadId, desk });
    const isLoaded = connection.threads.has(threadId);
    const thread = isLoaded ? {} : await endedByFailure(source, () => {
      return this.#resume(connection, request);
    });
    connection.threads.touch(threadId);
    const known = { ...thread, id: threadId };
    for (const event of desk.converter.threadStarted(known)) source.push(event);
    return { connection, source, threadId };
  }

  async #resume(
    connection: AppServerConnection,
    request: TurnRequest & { threadId: string },
  ): Promise<Fields> {
    const { threadId } = request;
    const params = threadResumeParams(threadId, request.thread, { codex: this.#configToSend() });
    // Before the answer, since the thread's total may come right behind it.
    connection.threads.add(threadId);
    try {
      return threadOf(await connection.request("thread/resume", params, this.#with(request)));
    } catch (error) {
      connection.threads.remove(threadId);
      throw error;
    }
  }

  async #startTurn({ connection, source, threadId }: Opened, request: TurnRequest) {
    const [method, params] = request.kind === "compaction"
      ? ["thread/compact/start", { threadId }]
      : ["turn/start", turnStartParams(threadId, request)];
    const { signal, trace } = this.#with(request);
    await source.begin({
      // Without the signal: a turn that is given up must be known to be ended.
      asked: connection.request(method, params, { trace }),
      // The total that a resumed thread had comes ahead of this answer.
      prepare: () =>
        request.ledger.beginTurn(() => Promise.resolve(connection.threads.total(threadId))),
      signal,
    });
    connection.unloadSurplus();
    return source;
  }

  /** A child was started with the config on its command line; a remote server gets it here. */
  #configToSend(): Pick<CodexOptions, "config" | "baseUrl"> {
    return this.name === "websocket" ? this.#context.options : {};
  }

  #with(request: TurnRequest) {
    const { signal, telemetry } = request;
    const trace = this.#context.sink.carrier?.({ span_token: telemetry.metadata.span_token });
    return { signal, trace };
  }
}

function threadOf(answer: unknown): Fields {
  return asFields(asFields(answer)["thread"]);
}

/** What was begun for a turn that cannot be started is ended. */
async function endedByFailure<T>(source: TurnSource, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    await source.stop({ gently: false });
    throw error;
  }
}
