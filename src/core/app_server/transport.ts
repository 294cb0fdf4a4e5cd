/**
 * Turns over one app-server, which all threads of a `Codex` share.
 * @module
 */
import type { TransportName } from "../../events/catalogue.ts";
import { ZERO_COUNTS } from "../../protocol/counts.ts";
import { asFields, stringField } from "../../protocol/fields.ts";
import { closedError } from "../closed_error.ts";
import type { CodexOptions } from "../options.ts";
import { encodeOutputSchema } from "../output_schema.ts";
import type { Transport, TransportContext, TurnRequest } from "../turn_request.ts";
import type { TurnSource } from "../turn_source.ts";
import { AppServerConnection, type OpenedChannel } from "./connection.ts";
import { logIn } from "./log_in.ts";
import { threadResumeParams, threadStartParams, turnStartParams } from "./params.ts";
import { TurnDesk } from "./turn_desk.ts";
import { AppServerSource } from "./turn_source.ts";
import { startWatch } from "./watch.ts";

/** What the transport needs around it. */
export interface AppServerContext extends TransportContext {
  options: CodexOptions;
  name: Exclude<TransportName, "exec">;
  /** Where the server is, as an error may show it. */
  place: string;
  open: () => Promise<OpenedChannel>;
}

/** Starts turns over a connection that is made on first use, and made anew once it was lost. */
export class AppServerTransport implements Transport {
  readonly name: Exclude<TransportName, "exec">;
  readonly #context: AppServerContext;
  #connecting: Promise<AppServerConnection> | undefined;

  /** Creates the transport of one `Codex`; nothing is started yet. */
  constructor(context: AppServerContext) {
    this.#context = context;
    this.name = context.name;
  }

  /**
   * Starts a turn, or a compaction.
   * @throws {CodexError} whatever connecting throws; `rpc_error` when the server refuses;
   * `thread_busy`; `connection_lost`.
   */
  async open(request: TurnRequest): Promise<TurnSource> {
    const { signal, turn } = request;
    if (turn.outputSchema !== undefined) encodeOutputSchema(turn.outputSchema);
    const connection = await untilAborted(this.#connect(), signal);
    const desk = new TurnDesk(request, this.#context);
    const threadId = request.threadId ?? await this.#startThread(connection, request);
    const source = new AppServerSource({ connection, threadId, desk });
    try {
      for (const event of desk.converter.threadStarted({ id: threadId })) source.push(event);
      if (!connection.loadedThreads.has(threadId)) {
        await this.#resume(connection, request, threadId);
      }
      await this.#startTurn(connection, { request, desk, threadId });
      return source;
    } catch (error) {
      await source.stop();
      throw error;
    }
  }

  /** Ends the connection, and the server with it where that is a child. */
  async close(): Promise<void> {
    const connecting = this.#connecting;
    this.#connecting = undefined;
    const connection = await connecting?.catch(() => undefined);
    await connection?.close(closedError());
  }

  #connect(): Promise<AppServerConnection> {
    return this.#connecting ??= this.#openConnection().catch((error) => {
      this.#connecting = undefined;
      throw error;
    });
  }

  async #openConnection(): Promise<AppServerConnection> {
    const { open, place, options, name } = this.#context;
    const connection = await AppServerConnection.open(await open(), place);
    void connection.ended.then(() => this.#connecting = undefined);
    if (name === "websocket") startWatch(connection, place);
    if (options.apiKey) await logIn(connection, options.apiKey);
    return connection;
  }

  async #startThread(connection: AppServerConnection, request: TurnRequest): Promise<string> {
    const params = threadStartParams(request.thread, {
      codex: this.#configToSend(),
      ...(request.thread.tools ? { dynamicTools: request.thread.tools } : {}),
    });
    const answer = await connection.request("thread/start", params, this.#with(request));
    const threadId = stringField(asFields(asFields(answer)["thread"]), "id") ?? "";
    connection.loadedThreads.add(threadId);
    connection.totals.set(threadId, ZERO_COUNTS);
    return threadId;
  }

  async #resume(
    connection: AppServerConnection,
    request: TurnRequest,
    threadId: string,
  ): Promise<void> {
    const params = threadResumeParams(threadId, request.thread, { codex: this.#configToSend() });
    await connection.request("thread/resume", params, this.#with(request));
    connection.loadedThreads.add(threadId);
  }

  async #startTurn(
    connection: AppServerConnection,
    turn: { request: TurnRequest; desk: TurnDesk; threadId: string },
  ): Promise<void> {
    const { request, desk, threadId } = turn;
    const answer = request.kind === "compaction"
      ? await connection.request("thread/compact/start", { threadId }, this.#with(request))
      : await connection.request(
        "turn/start",
        turnStartParams(threadId, request),
        this.#with(request),
      );
    const turnId = stringField(asFields(asFields(answer)["turn"]), "id");
    if (turnId !== undefined) desk.converter.accept(turnId);
    // The total that a resumed thread had comes ahead of this answer, and the turn's own after it.
    await request.ledger.beginTurn(() => Promise.resolve(connection.totals.get(threadId)));
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

/** Waiting for a connection that others share is given up, not the connection. */
function untilAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(signal.reason);
    if (signal.aborted) return onAbort();
    signal.addEventListener("abort", onAbort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", onAbort));
  });
}
