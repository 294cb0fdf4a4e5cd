/** What servers, tools and people do that they should not, or do too late. */
import assert from "node:assert/strict";
import { describe, it, mock } from "node:test";
import { setImmediate } from "node:timers";
import type { ApprovalAnswer } from "../../../src/core/approvals/policy.ts";
import { tool } from "../../../src/core/tools/tool.ts";
import { isCodexError } from "../../../src/errors.ts";
import { watchRejections } from "../nothing_left.ts";
import { type Behaviour, createFakeEngine, type FakeServer } from "./fake_server.ts";

const settle = () => new Promise((resolve) => setTimeout(resolve, 5));

/** A server whose turns are numbered, and in which something happens once they have begun. */
function numbered(happens: (server: FakeServer, threadId: unknown, turn: number) => void) {
  let turns = 0;
  const start: Behaviour = (server, { threadId }) => {
    const turn = ++turns;
    queueMicrotask(() => {
      const id = `turn-${turn}`;
      server.notify("turn/started", { threadId, turn: { id, status: "inProgress" } });
      happens(server, threadId, turn);
    });
    return { turn: { id: `turn-${turn}` } };
  };
  const interrupt: Behaviour = (server, { threadId, turnId }) => {
    queueMicrotask(() => server.endTurn(threadId, String(turnId), "interrupted"));
    return {};
  };
  return { "turn/start": start, "turn/interrupt": interrupt };
}

/** The answers that a server got to a request of its own. */
function answersTo({ channel }: FakeServer, id: number) {
  return channel.sent.filter((message) => message.id === id && message.method === undefined);
}

describe("an app-server that misbehaves", () => {
  it("may end a turn twice, also while the next one runs", async () => {
    const engine = createFakeEngine({
      behaviours: numbered((server, threadId, turn) => {
        if (turn === 2) server.endTurn(threadId, "turn-1");
        server.notify("item/completed", {
          threadId,
          turnId: `turn-${turn}`,
          item: { type: "agentMessage", id: "m", text: `Answer ${turn}.` },
        });
        server.endTurn(threadId, `turn-${turn}`);
        server.endTurn(threadId, `turn-${turn}`);
      }),
    });
    const thread = engine.codex.startThread();
    assert.equal((await thread.run("Go")).finalResponse, "Answer 1.");
    const second = await thread.run("Go");
    assert.deepEqual([second.finalResponse, second.turnId], ["Answer 2.", "turn-2"]);
    assert.equal(engine.capture.named("codex.thread.stop").length, 2);
    await engine.codex.close();
  });

  it("may speak of threads that nobody listens to, which is not kept", async () => {
    const engine = createFakeEngine();
    await engine.codex.startThread().run("Go");
    const [server] = engine.servers;
    for (let index = 0; index < 2_000; index++) {
      server!.notify("item/completed", { threadId: "else", turnId: "t", item: { id: `${index}` } });
      server!.notify("thread/tokenUsage/updated", { threadId: `else-${index}`, tokenUsage: {} });
    }
    server!.channel.receive({ id: 99, method: "item/tool/call", params: { threadId: "else" } });
    await settle();
    const [connection] = engine.transport.connections;
    assert.equal(connection?.threads.size, 1);
    assert.deepEqual(connection?.threads.takeEarly("else"), []);
    assert.equal(answersTo(server!, 99)[0]?.error?.code, -32601);
    await engine.codex.close();
  });

  it("may say nothing to the handshake: it is given up after a minute", async () => {
    mock.timers.enable({ apis: ["setTimeout"] });
    try {
      const engine = createFakeEngine({ behaviours: { initialize: () => undefined } });
      const failing = engine.codex.startThread().run("Go").catch((error: unknown) => error);
      while (!engine.servers[0]?.methods.length) {
        await new Promise((resolve) => setImmediate(resolve));
      }
      assert.deepEqual(engine.servers[0]?.methods, ["initialize"]);
      mock.timers.tick(60_000);
      const error = await failing;
      assert.ok(isCodexError(error, "not_app_server"), String(error));
      assert.match(error.message, /did not answer in time/);
      assert.ok(engine.servers[0]!.channel.closeCount > 0);
      assert.deepEqual(engine.transport.connections, []);
      await engine.codex.close();
    } finally {
      mock.timers.reset();
    }
  });

  it("may refuse to resume a thread: the turn fails in its words, and the next can try again", async () => {
    let isKnown = false;
    const engine = createFakeEngine({
      behaviours: {
        "thread/resume": (server, { threadId }) => {
          if (isKnown) return { thread: { id: threadId } };
          const { id } = server.channel.sent.at(-1)!;
          const message = "no rollout found for thread id t";
          server.channel.receive({ id, error: { code: -32600, message } });
          return undefined;
        },
      },
    });
    const thread = engine.codex.resumeThread("t");
    const error = await thread.run("Go").catch((error: unknown) => error);
    assert.ok(isCodexError(error, "rpc_error"), String(error));
    assert.match(error.message, /no rollout found/);
    const [connection] = engine.transport.connections;
    assert.deepEqual([connection?.turnCount, connection?.threads.size], [0, 0]);
    isKnown = true;
    assert.equal((await thread.run("Go")).finalResponse, "Hello.");
    await engine.codex.close();
  });
});

describe("an answer that comes too late", () => {
  it("changes nothing about an approval that has timed out", async () => {
    let decide = (_: ApprovalAnswer) => {};
    let signal: AbortSignal | undefined;
    let wasAborted: boolean | undefined;
    const engine = createFakeEngine({
      behaviours: numbered((server, threadId) => {
        const about = { threadId, turnId: "turn-1", itemId: "c", command: "ls" };
        const { onSend } = server.channel;
        server.channel.onSend = (message) => {
          onSend?.(message);
          if (message.id !== 99) return;
          wasAborted = signal?.aborted;
          decide("allow");
          setTimeout(() => server.endTurn(threadId), 5);
        };
        const method = "item/commandExecution/requestApproval";
        server.channel.receive({ id: 99, method, params: about });
      }),
    });
    const thread = engine.codex.startThread({
      approvalTimeoutMs: 5,
      approvals(_, context) {
        signal = context.signal;
        return new Promise((resolve) => decide = resolve);
      },
    });
    await thread.run("Go");
    const answers = answersTo(engine.servers[0]!, 99).map(({ result }) => result);
    assert.deepEqual(answers, [{ decision: "decline" }]);
    assert.equal(wasAborted, true);
    assert.deepEqual(engine.capture.names.filter((name) => name.startsWith("codex.approval.")), [
      "codex.approval.requested",
      "codex.approval.timeout",
    ]);
    await engine.codex.close();
  });

  for (const outcome of ["resolves", "rejects"] as const) {
    it(`changes nothing about a turn that was aborted: a tool ${outcome}`, async () => {
      const rejections = watchRejections();
      const abort = new AbortController();
      let finish = () => {};
      const wait = tool({
        name: "wait",
        description: "Waits",
        inputSchema: { type: "object" },
        run: (_, { signal }) =>
          new Promise<string>((resolve, reject) => {
            finish = () => outcome === "resolves" ? resolve("late") : reject(new Error("late"));
            setTimeout(() => abort.abort());
            signal.addEventListener("abort", () => {});
          }),
      });
      const engine = createFakeEngine({
        behaviours: numbered((server, threadId, turn) => {
          if (turn === 2) return server.endTurn(threadId, "turn-2");
          const params = { threadId, turnId: "turn-1", callId: "d", tool: "wait", arguments: {} };
          server.channel.receive({ id: 99, method: "item/tool/call", params });
        }),
      });
      const thread = engine.codex.startThread({ tools: [wait] });
      const error = await thread.run("Go", { signal: abort.signal }).catch((error) => error);
      assert.ok(isCodexError(error, "aborted"), String(error));
      const [names, answers] = [engine.capture.names.length, answersTo(engine.servers[0]!, 99)];
      assert.equal(engine.capture.names.at(-1), "codex.thread.exception");
      assert.equal((answers[0]?.result as { success?: boolean }).success, false);
      finish();
      await settle();
      assert.equal(engine.capture.names.length, names);
      assert.equal(answersTo(engine.servers[0]!, 99).length, 1);
      await thread.run("Go on");
      await engine.codex.close();
      assert.deepEqual(await rejections(), []);
    });
  }
});
