import type { ApprovalPolicy } from "../../src/core/approvals/policy.ts";
import type { ThreadOptions, TurnOptions } from "../../src/core/options.ts";
import { tool } from "../../src/core/tools/tool.ts";
import {
  type Behaviour,
  createFakeEngine,
  type FakeServer,
} from "../core/app_server/fake_server.ts";
import type { Drive } from "./exec_scenarios.ts";

/** A turn of a server in memory, which tells what happens in it. */
class LiveTurn {
  readonly server: FakeServer;
  readonly #about: { threadId: unknown; turnId: string };

  constructor(server: FakeServer, threadId: unknown) {
    this.server = server;
    this.#about = { threadId, turnId: "turn-1" };
  }

  started(item: object): this {
    return this.#notify("item/started", { item });
  }

  completed(item: object): this {
    return this.#notify("item/completed", { item });
  }

  used(): this {
    const total = {
      inputTokens: 30,
      cachedInputTokens: 0,
      cacheWriteInputTokens: 4,
      outputTokens: 9,
      reasoningOutputTokens: 0,
      totalTokens: 39,
    };
    return this.#notify("thread/tokenUsage/updated", { tokenUsage: { total, last: total } });
  }

  end(turn: object = { status: "completed" }): this {
    return this.#notify("turn/completed", { turn: { id: "turn-1", items: [], ...turn } });
  }

  /** Asks, and tells how the item ended once it is answered. */
  ask(method: string, params: object, then: () => void): void {
    const { onSend } = this.server.channel;
    this.server.channel.onSend = (message) => {
      onSend?.(message);
      if (message.id === 99 && message.method === undefined) then();
    };
    this.server.channel.receive({ id: 99, method, params: { ...this.#about, ...params } });
  }

  #notify(method: string, params: object): this {
    this.server.notify(method, { ...this.#about, ...params });
    return this;
  }
}

interface LiveOptions {
  thread?: ThreadOptions;
  turn?: TurnOptions;
  /** Called with each event; answers whether to go on. */
  onEvent?: (type: string) => boolean;
}

/** A run over an app-server in memory. */
function live(play: (turn: LiveTurn) => void, options: LiveOptions = {}): Drive {
  const { thread, turn, onEvent } = options;
  const behaviours: Record<string, Behaviour> = {
    "turn/start": (server, { threadId }) => {
      queueMicrotask(() => {
        server.notify("turn/started", { threadId, turn: { id: "turn-1", status: "inProgress" } });
        play(new LiveTurn(server, threadId));
      });
      return { turn: { id: "turn-1" } };
    },
    "turn/interrupt": (server, { threadId }) => {
      queueMicrotask(() => new LiveTurn(server, threadId).end({ status: "interrupted" }));
      return {};
    },
  };
  return async (telemetry) => {
    const { codex } = createFakeEngine({ behaviours, codex: { telemetry } });
    try {
      const stream = await codex.startThread({ model: "gpt-5", ...thread }).runStreamed("Go", turn);
      for await (const { type } of stream.events) if (onEvent && !onEvent(type)) break;
    } catch {
      // How it ends is for telemetry to tell.
    }
    await codex.close();
  };
}

const command = (status: string, more: object = {}) => ({
  type: "commandExecution",
  id: "c1",
  command: "npm test",
  status,
  ...more,
});

const RUNNING = command("inProgress");

const call = (id: string, status: string, more: object = {}) => ({
  type: "mcpToolCall",
  id,
  server: "weather",
  tool: "forecast",
  arguments: {},
  status,
  ...more,
});

/** Aborts when a command has started. */
const aborted: Drive = (telemetry) => {
  const abort = new AbortController();
  const onEvent = (type: string) => {
    if (type === "item.started") abort.abort();
    return true;
  };
  return live((turn) => turn.started(RUNNING), { turn: { signal: abort.signal }, onEvent })(
    telemetry,
  );
};

function approval(approvals: ApprovalPolicy, approvalTimeoutMs = 60_000): Drive {
  const item = { ...RUNNING, command: "rm -r x" };
  return live((turn) => {
    turn.started(item).ask("item/commandExecution/requestApproval", { itemId: "c1" }, () => {
      turn.completed({ ...item, status: "declined" }).used().end();
    });
  }, { thread: { approvals, approvalTimeoutMs } });
}

function dynamicTool(): Drive {
  const add = tool({
    name: "add",
    description: "Adds",
    inputSchema: { type: "object", properties: {} },
    run: () => "3",
  });
  const item = { type: "dynamicToolCall", id: "d1", tool: "add", arguments: {} };
  return live((turn) => {
    const params = { callId: "d1", tool: "add", arguments: {} };
    turn.started({ ...item, status: "inProgress" }).ask("item/tool/call", params, () => {
      turn.completed({ ...item, status: "completed", success: true, contentItems: [] }).used()
        .end();
    });
  }, { thread: { tools: [add] } });
}

/** Every way that a run over an app-server can go. */
export const LIVE_DRIVES: Record<string, Drive> = {
  "ok": live((turn) =>
    turn.started(RUNNING).completed(command("completed", { exitCode: 0 })).used().end()
  ),
  "failed": live((turn) =>
    turn.started(RUNNING).completed(command("failed", { exitCode: 1 }))
      .end({ status: "failed", error: { message: "no model" } })
  ),
  "aborted": aborted,
  "early exit": live((turn) => turn.started(RUNNING), {
    onEvent: (type) => type !== "item.started",
  }),
  "interrupted": live((turn) => turn.started(RUNNING).end({ status: "interrupted" })),
  "crash": live((turn) => {
    turn.started(RUNNING);
    turn.server.channel.end();
  }),
  "denied": approval(() => ({ deny: "not now" })),
  "timed out": live((turn) => turn.started(RUNNING), { turn: { timeoutMs: 100 } }),
  "approval timed out": approval(() => new Promise(() => {}), 5),
  "compacted": live((turn) => {
    const item = { type: "contextCompaction", id: "k" };
    turn.started(item).completed(item).used().end();
  }),
  "compaction failed": live((turn) =>
    turn.started({ type: "contextCompaction", id: "k" })
      .end({ status: "failed", error: { message: "no model" } })
  ),
  "MCP": live((turn) =>
    turn.started(call("m1", "inProgress"))
      .completed(call("m1", "completed", { result: { content: [] } }))
      .started(call("m2", "inProgress"))
      .completed(call("m2", "failed", { error: { message: "no such city" } }))
      .used().end()
  ),
  "dynamic tool": dynamicTool(),
};
