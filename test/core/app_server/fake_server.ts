import { BaseCodex } from "../../../src/core/codex.ts";
import type { OpenedChannel } from "../../../src/core/app_server/connection.ts";
import type { WatchIntervals } from "../../../src/core/app_server/watch.ts";
import { AppServerTransport } from "../../../src/core/app_server/transport.ts";
import type { CodexOptions } from "../../../src/core/options.ts";
import { CodexError } from "../../../src/errors.ts";
import { EventBus } from "../../../src/events/bus.ts";
import { captureEvents, type EventCapture } from "../../../src/testing/mod.ts";
import { MemoryChannel, type Sent } from "../memory_channel.ts";

/** What the server does about a request; what it returns is the answer, and undefined none at all. */
export type Behaviour = (server: FakeServer, params: Record<string, unknown>) => unknown;

/** An app-server in memory, which does as it is told. */
export class FakeServer {
  readonly channel: MemoryChannel = new MemoryChannel();
  readonly #behaviours: Record<string, Behaviour>;

  /** Answers by these, and by the usual ones. */
  constructor(behaviours: Record<string, Behaviour>) {
    this.#behaviours = { ...USUAL, ...behaviours };
    this.channel.onSend = (message) => this.#receive(message);
  }

  /** The methods that were sent, in order. */
  get methods(): (string | undefined)[] {
    return this.channel.sent.map(({ method }) => method);
  }

  /** Sends a notification. */
  notify(method: string, params: object): void {
    this.channel.receive({ method, params });
  }

  /** Sends the notifications of a turn: its start, a message, its end. */
  runTurn(params: Record<string, unknown>, turnId = "turn-1"): void {
    const { threadId } = params;
    const about = { threadId, turnId };
    this.notify("turn/started", { threadId, turn: { id: turnId, status: "inProgress" } });
    const item = { type: "agentMessage", id: "m", text: "Hello." };
    this.notify("item/completed", { ...about, item });
    const total = { inputTokens: 10, outputTokens: 1, totalTokens: 11 };
    this.notify("thread/tokenUsage/updated", { ...about, tokenUsage: { total, last: total } });
    this.endTurn(threadId, turnId);
  }

  /** Ends a turn. */
  endTurn(threadId: unknown, turnId = "turn-1", status = "completed"): void {
    this.notify("turn/completed", { threadId, turn: { id: turnId, status, items: [] } });
  }

  #receive({ id, method, params }: Sent): void {
    if (id === undefined || method === undefined) return;
    const behaviour = this.#behaviours[method] ?? (() => ({}));
    const result = behaviour(this, params as Record<string, unknown>);
    if (result !== undefined) this.channel.receive({ id, result });
  }
}

let threads = 0;

const USUAL: Record<string, Behaviour> = {
  initialize: () => ({ userAgent: "fake" }),
  "thread/start": () => ({ thread: { id: `thread-${++threads}`, model: "gpt-5.5" } }),
  "thread/resume": (_, { threadId }) => ({ thread: { id: threadId } }),
  "turn/start": (server, params) => {
    queueMicrotask(() => server.runTurn(params));
    return { turn: { id: "turn-1" } };
  },
};

/** A `Codex` over servers in memory. */
export interface FakeEngine {
  codex: BaseCodex;
  /** All that were opened, in order. */
  servers: FakeServer[];
  transport: AppServerTransport;
  capture: EventCapture;
  bus: EventBus;
}

/** How an engine differs from the usual. */
export interface FakeEngineOptions {
  behaviours?: Record<string, Behaviour>;
  codex?: CodexOptions;
  watch?: WatchIntervals;
  name?: "app-server" | "websocket";
  /** Opens in place of the servers in memory. */
  open?: (signal: AbortSignal) => Promise<OpenedChannel>;
}

/** Creates a `Codex` whose app-servers are in memory. */
export function createFakeEngine(options: FakeEngineOptions = {}): FakeEngine {
  const { behaviours = {}, codex: codexOptions = {}, watch, name = "app-server" } = options;
  const servers: FakeServer[] = [];
  const bus = new EventBus();
  const capture = captureEvents(bus);
  let transport: AppServerTransport | undefined;
  const open = options.open ?? (() => {
    const server = new FakeServer(behaviours);
    servers.push(server);
    return Promise.resolve({ channel: server.channel, describeEnd: () => Promise.resolve(lost()) });
  });
  const codex = new BaseCodex(codexOptions, {
    telemetry: bus,
    createTransport: (_, context) =>
      transport = new AppServerTransport({
        ...context,
        options: codexOptions,
        name,
        place: "the fake",
        open,
        ...(watch ? { watch } : {}),
      }),
  });
  return { codex, servers, transport: transport!, capture, bus };
}

/** The error of a connection that ended by the other side. */
export function lost(): CodexError<"connection_lost"> {
  return new CodexError("connection_lost", "The fake ended.", { details: { exitCode: 1 } });
}
