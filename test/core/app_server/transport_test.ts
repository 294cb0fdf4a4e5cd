import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { tool } from "../../../src/core/tools/tool.ts";
import { type CodexErrorCode, isCodexError } from "../../../src/errors.ts";
import type { AnyThreadEvent } from "../../../src/protocol/events.ts";
import { watchRejections } from "../nothing_left.ts";
import { type Behaviour, createFakeEngine, type FakeEngine } from "./fake_server.ts";

/** A turn that begins, and goes on until it is interrupted. */
const ENDLESS: Record<string, Behaviour> = {
  "turn/start": (server, { threadId }) => {
    queueMicrotask(() =>
      server.notify("turn/started", { threadId, turn: { id: "turn-1", status: "inProgress" } })
    );
    return { turn: { id: "turn-1" } };
  },
  "turn/interrupt": (server, { threadId, turnId }) => {
    queueMicrotask(() => server.endTurn(threadId, String(turnId), "interrupted"));
    return {};
  },
};

async function failsWith(code: CodexErrorCode, promise: Promise<unknown>): Promise<Error> {
  const error = await promise.then(() => assert.fail("it resolved"), (error: unknown) => error);
  assert.ok(isCodexError(error, code), `${code}, not ${error}`);
  return error;
}

/** Waits until a server was sent a method so many times. */
async function sent(
  engine: FakeEngine,
  method: string,
  { count = 1, server = 0 }: { count?: number; server?: number } = {},
): Promise<void> {
  while ((engine.servers[server]?.methods ?? []).filter((one) => one === method).length < count) {
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

function assertIdle({ transport }: FakeEngine): void {
  for (const connection of transport.connections) {
    assert.deepEqual([connection.turnCount, connection.pendingCount], [0, 0]);
  }
}

async function gather<T>(events: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const event of events) all.push(event);
  return all;
}

describe("the app-server transport", () => {
  it("starts nothing before the first turn, and one server for all turns", async () => {
    const engine = createFakeEngine();
    await engine.codex.close();
    assert.equal(engine.servers.length, 0);

    const used = createFakeEngine();
    const threads = Array.from({ length: 16 }, () => used.codex.startThread());
    const turns = await Promise.all(threads.map((thread) => thread.run("Go")));
    assert.deepEqual(new Set(turns.map(({ finalResponse }) => finalResponse)), new Set(["Hello."]));
    assert.equal(new Set(turns.map(({ threadId }) => threadId)).size, 16);
    assert.equal(used.servers.length, 1);
    assertIdle(used);
    await used.codex.close();
    await used.codex.close();
    await failsWith("closed", used.codex.startThread().run("Go"));
    assert.equal(used.servers.length, 1);
  });

  it("loses nothing that comes in one piece with the answer it follows", async () => {
    const engine = createFakeEngine({
      behaviours: {
        "thread/start": (server) => {
          server.channel.receive({ id: 2, result: { thread: { id: "t", model: "gpt-5.5" } } });
          server.notify("warning", { threadId: "t", message: "early" });
          return undefined;
        },
        "turn/start": (server, params) => {
          server.channel.receive({ id: 3, result: { turn: { id: "turn-1" } } });
          server.runTurn(params);
          return undefined;
        },
      },
    });
    const thread = engine.codex.startThread();
    const { events } = await thread.runStreamed("Go");
    const all = await gather(events) as AnyThreadEvent[];
    assert.deepEqual(all.map(({ type }) => type), [
      "thread.started",
      "item.completed",
      "turn.started",
      "item.completed",
      "thread.token_usage.updated",
      "turn.completed",
    ]);
    assert.equal((all[0] as unknown as { model: string }).model, "gpt-5.5");
    const [stop] = engine.capture.named("codex.thread.stop");
    assert.equal(stop?.metadata.usage?.input_tokens, 10);
    await engine.codex.close();
  });

  it("tells the first turn what the server warned of before it, once", async () => {
    const configWarning = { summary: "No bubblewrap.", details: "Install it." };
    const engine = createFakeEngine({
      behaviours: {
        initialize: (server) => {
          server.channel.receive({ id: 1, result: { userAgent: "fake" } });
          server.notify("configWarning", configWarning);
          server.notify("account/updated", {});
          return undefined;
        },
      },
    });
    const told: string[][] = [];
    for (let turn = 0; turn < 2; turn++) {
      const { events } = await engine.codex.startThread().runStreamed("Go");
      told.push((await gather(events) as AnyThreadEvent[]).map(({ type }) => String(type)));
    }
    const passedOn = told.map((types) => types.filter((type) => /^(config|account)/.test(type)));
    assert.deepEqual(passedOn, [["configWarning"], []]);
    const [warning, ...more] = engine.capture.named("codex.turn.warning");
    assert.deepEqual([warning?.metadata.kind, warning?.metadata.message, more], [
      "config",
      "No bubblewrap. Install it.",
      [],
    ]);
    await engine.codex.close();
  });

  it("ignores what comes late of an earlier turn", async () => {
    const engine = createFakeEngine({
      behaviours: {
        "turn/start": (server, params) => {
          server.endTurn(params["threadId"], "turn-0");
          queueMicrotask(() => server.runTurn(params));
          return { turn: { id: "turn-1" } };
        },
      },
    });
    const turn = await engine.codex.startThread().run("Go");
    assert.deepEqual([turn.turnId, turn.finalResponse], ["turn-1", "Hello."]);
    await engine.codex.close();
  });

  it("has a turn interrupted that was given up before the server said that it begins", async () => {
    const controller = new AbortController();
    const engine = createFakeEngine({
      behaviours: {
        ...ENDLESS,
        "turn/start": (server) => {
          setTimeout(() => controller.abort());
          setTimeout(
            () => server.channel.receive({ id: 3, result: { turn: { id: "turn-7" } } }),
            5,
          );
          return undefined;
        },
      },
    });
    const thread = engine.codex.startThread();
    await failsWith("aborted", thread.run("Go", { signal: controller.signal }));
    const { channel } = engine.servers[0]!;
    assert.deepEqual(channel.sent.at(-1)?.method, "turn/interrupt");
    assert.deepEqual((channel.sent.at(-1)?.params as { turnId: string }).turnId, "turn-7");
    assertIdle(engine);
    await engine.codex.close();
  });

  it("gives a turn up while it connects, or starts its thread, and serves the next", async () => {
    let isSlow = true;
    const engine = createFakeEngine({
      behaviours: {
        initialize: (server) => {
          setTimeout(() => server.channel.receive({ id: 1, result: { userAgent: "fake" } }), 5);
          return undefined;
        },
        "thread/start": () => isSlow ? undefined : { thread: { id: "t" } },
      },
    });
    const first = new AbortController();
    const waiting = failsWith("aborted", engine.codex.startThread().run("Go", first));
    await sent(engine, "initialize");
    first.abort();
    await waiting;
    const second = new AbortController();
    const starting = failsWith("aborted", engine.codex.startThread().run("Go", second));
    await sent(engine, "thread/start");
    second.abort();
    await starting;
    isSlow = false;
    assert.equal((await engine.codex.startThread().run("Go")).finalResponse, "Hello.");
    assert.equal(engine.servers.length, 1);
    assertIdle(engine);
    await engine.codex.close();
  });

  it("says so when a thread has a turn already, and lets that turn go on", async () => {
    const engine = createFakeEngine({ behaviours: ENDLESS });
    const thread = engine.codex.resumeThread("t");
    const running = thread.run("Go");
    await engine.capture.waitFor("codex.thread.start");
    await sent(engine, "turn/start");
    await failsWith("thread_busy", thread.run("Go"));
    await thread.interrupt();
    assert.equal((await running).turnId, "turn-1");
    await failsWith("no_turn", thread.interrupt());
    await failsWith("no_turn", thread.steer("more"));
    await engine.codex.close();
  });

  it("sends the trace of a turn's own span with each request of the turn", async () => {
    const engine = createFakeEngine({ behaviours: ENDLESS });
    const carrier = ({ span_token }: { span_token: string }) => ({ traceparent: span_token });
    Object.assign(engine.bus, { carrier });
    for (const thread of [engine.codex.startThread(), engine.codex.resumeThread("t")]) {
      const running = thread.run("Go");
      await engine.capture.waitFor("codex.thread.start");
      await sent(engine, "turn/start");
      const [{ metadata }] = engine.capture.named("codex.thread.start") as [never];
      const { span_token } = metadata as { span_token: string };
      await thread.steer("more");
      await thread.interrupt();
      await running;
      const traced = engine.servers[0]!.channel.sent.filter(({ trace }) => trace);
      assert.deepEqual(traced.map(({ method }) => method).slice(1), [
        "turn/start",
        "turn/steer",
        "turn/interrupt",
      ]);
      assert.match(String(traced[0]?.method), /^thread\/(start|resume)$/);
      assert.ok(
        traced.every(({ trace }) => (trace as { traceparent: string }).traceparent === span_token),
      );
      engine.capture.clear();
      engine.servers[0]!.channel.sent.splice(0);
    }
    await engine.codex.close();
  });

  it("interrupts and steers a compaction only once it has an id", async () => {
    const engine = createFakeEngine({
      behaviours: {
        ...ENDLESS,
        "thread/compact/start": (server, { threadId }) => {
          setTimeout(
            () =>
              server.notify("turn/started", { threadId, turn: { id: "c", status: "inProgress" } }),
            5,
          );
          return {};
        },
      },
    });
    const thread = engine.codex.resumeThread("t");
    const compacting = thread.compact();
    await sent(engine, "thread/compact/start");
    await thread.interrupt();
    await compacting;
    const { sent: messages } = engine.servers[0]!.channel;
    const interrupt = messages.find(({ method }) => method === "turn/interrupt");
    assert.equal((interrupt?.params as { turnId: string }).turnId, "c");
    await engine.codex.close();
  });

  it("fails what runs when the connection ends, at once, and makes a new one for the next turn", async () => {
    const rejections = watchRejections();
    const engine = createFakeEngine({ behaviours: ENDLESS });
    const thread = engine.codex.resumeThread("t");
    const other = engine.codex.startThread();
    const failures = [thread, other].map((each) => failsWith("connection_lost", each.run("Go")));
    await sent(engine, "turn/start", { count: 2 });
    engine.servers[0]!.channel.end();
    await Promise.all(failures);
    const controller = new AbortController();
    const next = failsWith("aborted", thread.run("Go", controller));
    await sent(engine, "turn/start", { count: 1, server: 1 });
    assert.deepEqual(engine.servers[1]!.methods, [
      "initialize",
      "initialized",
      "thread/resume",
      "turn/start",
    ]);
    controller.abort();
    await next;
    await engine.codex.close();
    assert.deepEqual([engine.servers.length, engine.transport.connections], [2, []]);
    assert.deepEqual(await rejections(), []);
  });

  it("announces the denial of an open approval before the end of its turn", async () => {
    const engine = createFakeEngine({
      behaviours: {
        ...ENDLESS,
        "turn/start": (server, { threadId }) => {
          const params = { threadId, turnId: "turn-1", itemId: "c", command: "ls" };
          queueMicrotask(() =>
            server.channel.receive({
              id: 0,
              method: "item/commandExecution/requestApproval",
              params,
            })
          );
          return { turn: { id: "turn-1" } };
        },
      },
    });
    const endings: ((engine: FakeEngine) => void)[] = [
      ({ servers }) => servers.at(-1)!.channel.end(),
      ({ servers }) => servers.at(-1)!.endTurn("t", "turn-1", "interrupted"),
    ];
    for (const end of endings) {
      engine.capture.clear();
      const thread = engine.codex.resumeThread("t", { approvals: () => new Promise(() => {}) });
      const over = thread.run("Go").catch(() => {});
      await engine.capture.waitFor("codex.approval.requested");
      end(engine);
      await over;
      assert.deepEqual(engine.capture.names.slice(-2, -1), ["codex.approval.denied"]);
    }
    await engine.codex.close();
  });

  it("refuses tools and requests that it does not know, without delay", async () => {
    const engine = createFakeEngine({
      behaviours: {
        "turn/start": (server, params) => {
          const about = { threadId: params["threadId"], turnId: "turn-1" };
          const call = { ...about, callId: "c", tool: "rm", arguments: {} };
          queueMicrotask(() => {
            server.channel.receive({ id: 0, method: "item/tool/call", params: call });
            server.channel.receive({ id: 1, method: "item/tool/requestUserInput", params: about });
            server.channel.receive({
              id: 2,
              method: "item/tool/call",
              params: { threadId: "else" },
            });
            setTimeout(() => server.runTurn(params), 5);
          });
          return { turn: { id: "turn-1" } };
        },
      },
    });
    const add = tool({ name: "add", description: "", inputSchema: {}, run: () => 1 });
    await engine.codex.startThread({ tools: [add] }).run("Go");
    const answers = engine.servers[0]!.channel.sent.filter(({ method }) => method === undefined);
    assert.deepEqual(answers.map(({ id }) => id).sort(), [0, 1, 2]);
    const [first, ...others] = answers.sort((a, b) => Number(a.id) - Number(b.id));
    assert.equal((first?.result as { success: boolean }).success, false);
    assert.match(JSON.stringify(first?.result), /There is no tool rm here/);
    assert.deepEqual(others.map(({ error }) => error?.code), [-32601, -32601]);
    await engine.codex.close();
  });

  it("keeps few threads loaded, and resumes those it has let go of", async () => {
    const engine = createFakeEngine();
    const threads = Array.from({ length: 70 }, () => engine.codex.startThread());
    for (const thread of threads) await thread.run("Go");
    const [connection] = engine.transport.connections;
    assert.equal(connection?.threads.size, 64);
    const [server] = engine.servers;
    const unloaded = server!.channel.sent
      .filter(({ method }) => method === "thread/unsubscribe")
      .map(({ params }) => (params as { threadId: string }).threadId);
    assert.deepEqual(unloaded, threads.slice(0, 6).map(({ id }) => id));
    assert.equal((await threads[0]!.run("Go")).finalResponse, "Hello.");
    assert.equal(server!.methods.filter((method) => method === "thread/resume").length, 1);
    assertIdle(engine);
    await engine.codex.close();
  });

  it("resumes a thread that the server has closed by itself", async () => {
    const engine = createFakeEngine();
    const thread = engine.codex.startThread();
    await thread.run("Go");
    engine.servers[0]!.notify("thread/closed", { threadId: thread.id });
    await thread.run("Go");
    assert.equal(engine.servers[0]!.methods.includes("thread/resume"), true);
    await engine.codex.close();
  });

  it("closes a connection that takes no login, and the next turn tries again", async () => {
    let isRefused = true;
    const engine = createFakeEngine({
      codex: { apiKey: "sk-secret" },
      behaviours: {
        "account/login/start": (server) => {
          if (!isRefused) return {};
          server.channel.receive({ id: 2, error: { code: -32600, message: "no" } });
          return undefined;
        },
      },
    });
    const error = await failsWith("rpc_error", engine.codex.startThread().run("Go"));
    assert.equal(error.message.includes("sk-secret"), false);
    assert.ok(engine.servers[0]!.channel.closeCount > 0);
    isRefused = false;
    await engine.codex.startThread().run("Go");
    assert.deepEqual([engine.servers.length, engine.transport.connections.length], [2, 1]);
    await engine.codex.close();
  });

  const strangers: [string, Behaviour][] = [
    ["another protocol", () => ({ jsonrpc: "2.0" })],
    ["no JSON", (server) => void server.channel.receive("HELO")],
    ["a refusal", (server) => void server.channel.receive({ id: 1, error: { message: "what?" } })],
  ];
  for (const [name, initialize] of strangers) {
    it(`knows what is no app-server by its answer: ${name}`, async () => {
      const engine = createFakeEngine({ behaviours: { initialize } });
      await failsWith("not_app_server", engine.codex.startThread().run("Go"));
      assert.ok(engine.servers[0]!.channel.closeCount > 0);
      assert.deepEqual(engine.transport.connections, []);
      await engine.codex.close();
    });
  }

  it("closes while it connects, without waiting for an answer", async () => {
    const rejections = watchRejections();
    const engine = createFakeEngine({ behaviours: { initialize: () => undefined } });
    const waiting = failsWith("closed", engine.codex.startThread().run("Go"));
    await sent(engine, "initialize");
    await engine.codex.close();
    await waiting;
    assert.ok(engine.servers[0]!.channel.closeCount > 0);

    const opening = createFakeEngine({
      open: (signal) =>
        new Promise((_, reject) =>
          signal.addEventListener("abort", () => reject(signal.reason), { once: true })
        ),
    });
    const never = failsWith("closed", opening.codex.startThread().run("Go"));
    await opening.capture.waitFor("codex.thread.start");
    await opening.codex.close();
    await never;
    assert.deepEqual(await rejections(), []);
  });

  it("closes in the middle of turns", async () => {
    const engine = createFakeEngine({ behaviours: ENDLESS });
    const turns = [1, 2].map(() => failsWith("closed", engine.codex.startThread().run("Go")));
    await sent(engine, "turn/start", { count: 2 });
    await engine.codex.close();
    await Promise.all(turns);
    assert.deepEqual(engine.transport.connections, []);
  });

  it("takes a remote server that gives no sign of life for lost, also with no turn yet", async () => {
    // The real connection does: the watch itself is no reason for a program to go on.
    const alive = setInterval(() => {}, 1_000);
    let silent = "thread/start";
    const engine = createFakeEngine({
      name: "websocket",
      watch: { intervalMs: 5, timeoutMs: 20 },
      behaviours: {
        "thread/start": () => silent === "thread/start" ? undefined : { thread: { id: "t" } },
        "turn/start": () => silent === "turn/start" ? undefined : { turn: { id: "turn-1" } },
        "thread/loaded/list": () => silent === "" ? {} : undefined,
      },
    });
    for (silent of ["thread/start", "turn/start"]) {
      const error = await failsWith("connection_lost", engine.codex.startThread().run("Go"));
      assert.match(error.message, /no sign of life for 20 ms/);
    }
    silent = "";
    const thread = engine.codex.startThread();
    const running = thread.run("Go");
    await sent(engine, "thread/loaded/list", { count: 3, server: 2 });
    engine.servers.at(-1)!.endTurn("t");
    await running;
    assert.equal(engine.servers.length, 3);
    await engine.codex.close();
    clearInterval(alive);
  });

  it("fails the one turn whose notification cannot be read, and no other", async () => {
    const engine = createFakeEngine({ behaviours: ENDLESS });
    const [one, other] = [engine.codex.resumeThread("one"), engine.codex.resumeThread("other")];
    const sink = engine.bus as { emit: (...args: never[]) => unknown };
    const emit = sink.emit.bind(engine.bus);
    sink.emit = (...args: never[]) => {
      if (args[0] === "codex.turn.diff.updated") throw new Error("broken");
      return emit(...args);
    };
    const failing = one.run("Go").catch((error: Error) => error.message);
    const running = other.run("Go");
    await sent(engine, "turn/start", { count: 2 });
    engine.servers[0]!.notify("turn/diff/updated", { threadId: "one", turnId: "turn-1", diff: "" });
    assert.equal(await failing, "broken");
    await other.interrupt();
    assert.equal((await running).turnId, "turn-1");
    await engine.codex.close();
  });
});
