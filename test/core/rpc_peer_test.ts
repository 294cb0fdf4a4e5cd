import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { type RpcHandlers, RpcPeer } from "../../src/core/rpc_peer.ts";
import { CodexError, isCodexError } from "../../src/errors.ts";
import { MemoryChannel, type Sent } from "./memory_channel.ts";
import { watchRejections } from "./nothing_left.ts";

const LOST = new CodexError("connection_lost", "gone", { details: {} });

interface Setup {
  channel: MemoryChannel;
  peer: RpcPeer;
  notifications: unknown[];
  ends: Error[];
}

function setUp(
  handlers: Partial<RpcHandlers> = {},
  options: { maxMessageLength?: number } = {},
): Setup {
  const channel = new MemoryChannel();
  const notifications: unknown[] = [];
  const ends: Error[] = [];
  const peer = new RpcPeer(channel, {
    onNotification: (method, params) => void notifications.push([method, params]),
    onRequest: () => Promise.resolve(undefined),
    describeEnd: () => Promise.resolve(LOST),
    onEnd: (error) => void ends.push(error),
    ...handlers,
  }, options);
  return { channel, peer, notifications, ends };
}

/** Lets everything happen that is about to. */
const settle = () => new Promise((resolve) => setTimeout(resolve));

const failureOf = (promise: Promise<unknown>) =>
  promise.then(() => assert.fail("it resolved"), (error: unknown) => error);

describe("RpcPeer", () => {
  it("gives each request its own answer, in whatever order they come", async () => {
    const { channel, peer } = setUp();
    const both = Promise.all([peer.request("a", { x: 1 }), peer.request("b", {})]);
    assert.deepEqual(channel.sent, [
      { id: 1, method: "a", params: { x: 1 } },
      { id: 2, method: "b", params: {} },
    ]);
    channel.receive({ id: 2, result: "second" });
    channel.receive({ id: 99, result: "nobody's" });
    channel.receive({ id: "1", result: "nobody's" });
    channel.receive({ id: 1, result: "first" });
    assert.deepEqual(await both, ["first", "second"]);
    assert.equal(peer.pendingCount, 0);
  });

  it("sends the trace beside the parameters", async () => {
    const { channel, peer } = setUp();
    const trace = { traceparent: "00-1-2-01" };
    const answer = peer.request("a", {}, { trace });
    assert.deepEqual(channel.sent[0]?.trace, trace);
    channel.receive({ id: 1, result: null });
    assert.equal(await answer, null);
  });

  it("rejects with rpc_error when the other side refuses, whatever it says", async () => {
    const { channel, peer } = setUp();
    const refusals = ["a", "b"].map((method) => failureOf(peer.request(method, {})));
    channel.receive({ id: 1, error: { code: -32600, message: "thread not found: t" } });
    channel.receive({ id: 2, error: "nonsense" });
    const [first, second] = await Promise.all(refusals);
    assert.ok(isCodexError(first, "rpc_error") && isCodexError(second, "rpc_error"));
    assert.equal(first.message, "thread not found: t");
    assert.deepEqual(first.details, { method: "a", rpcCode: -32600 });
    assert.deepEqual(second.details, { method: "b", rpcCode: 0 });
  });

  it("answers requests of the other side, with an error where it must", async () => {
    const { channel, peer, notifications } = setUp({
      onRequest: ({ method, params }) => {
        if (method === "sum") return Promise.resolve(Number(params["a"]) + Number(params["b"]));
        if (method === "reject") return Promise.reject(new Error("will not"));
        if (method === "throw") throw new Error("cannot");
        if (method === "big") return Promise.resolve(1n);
        return Promise.resolve(undefined);
      },
    });
    const own = peer.request("mine", {});
    channel.receive({ id: 1, method: "sum", params: { a: 1, b: 2 } });
    channel.receive({ id: "r", method: "reject" });
    channel.receive({ id: 3, method: "throw", params: null });
    channel.receive({ id: 4, method: "big" });
    channel.receive({ id: 5, method: "nobody/knows" });
    channel.receive({ method: "note", params: { n: 1 } });
    channel.receive({ id: 1, result: "mine" });
    assert.equal(await own, "mine");
    await settle();
    const answers = channel.sent.slice(1);
    assert.deepEqual(answers.map(({ id, result }) => [id, result]), [
      [1, 3],
      ["r", undefined],
      [3, undefined],
      [4, undefined],
      [5, undefined],
    ]);
    assert.deepEqual(answers.slice(1).map(({ error }) => error?.code), [
      -32603,
      -32603,
      -32603,
      -32601,
    ]);
    assert.match(answers[1]?.error?.message ?? "", /will not/);
    assert.match(answers[4]?.error?.message ?? "", /nobody\/knows/);
    assert.deepEqual(notifications, [["note", { n: 1 }]]);
  });

  const unreadable = [
    ["is no JSON", "}{"],
    ["is no object", "[1]"],
    ["is null", "null"],
    ["is too long", JSON.stringify({ method: "x".repeat(200) })],
  ] as const;
  for (const [what, text] of unreadable) {
    it(`ends the connection at a message that ${what}`, async () => {
      const { channel, peer, ends } = setUp({}, { maxMessageLength: 100 });
      const waiting = failureOf(peer.request("a", {}));
      channel.receive(text);
      const error = await waiting;
      assert.ok(isCodexError(error, "protocol_error"));
      assert.ok(error.details.text.length <= 200);
      assert.equal(await peer.ended, error);
      assert.deepEqual(ends, [error]);
      assert.ok(channel.closeCount > 0);
      assert.equal(await failureOf(peer.request("b", {})), error);
      assert.equal(await failureOf(peer.notify("b")), error);
      assert.equal(peer.isOpen, false);
    });
  }

  it("rejects everything pending when the other side ends, and knows at once that it has", async () => {
    let describe = (_: Error) => {};
    const { channel, peer, ends } = setUp({
      describeEnd: () => new Promise<Error>((resolve) => describe = resolve),
    });
    const waiting = [failureOf(peer.request("a", {})), failureOf(peer.request("b", {}))];
    channel.end();
    await settle();
    assert.deepEqual([peer.isOpen, peer.pendingCount, ends.length], [false, 2, 0]);
    describe(LOST);
    assert.deepEqual(await Promise.all(waiting), [LOST, LOST]);
    assert.deepEqual([peer.pendingCount, await peer.ended], [0, LOST]);
  });

  it("tells the cause to who describes the end when reading fails", async () => {
    const broken = new Error("broken pipe");
    const causes: unknown[] = [];
    const { channel, peer } = setUp({
      describeEnd: (cause) => {
        causes.push(cause);
        return Promise.resolve(LOST);
      },
    });
    channel.end(broken);
    assert.equal(await peer.ended, LOST);
    assert.deepEqual(causes, [broken]);
  });

  it("rejects a request that cannot be sent, and no other", async () => {
    const { channel, peer } = setUp();
    channel.onSend = ({ method }) => {
      if (method === "a") throw new Error("full");
    };
    const other = peer.request("b", {});
    assert.equal(await failureOf(peer.request("a", {})), LOST);
    assert.equal(await failureOf(peer.request("a", {})), LOST);
    channel.receive({ id: 1, result: 1 });
    assert.equal(await other, 1);
    assert.equal(peer.pendingCount, 0);
  });

  it("blames the caller for parameters that JSON cannot express, not the connection", async () => {
    const { channel, peer } = setUp();
    assert.ok(await failureOf(peer.request("a", { big: 1n })) instanceof TypeError);
    assert.deepEqual([peer.isOpen, peer.pendingCount, channel.sent.length], [true, 0, 0]);
  });

  it("gives a request up by its signal, and leaves no listener on it", async () => {
    const { channel, peer } = setUp();
    const gone = new Error("gone");
    assert.equal(await failureOf(peer.request("a", {}, { signal: AbortSignal.abort(gone) })), gone);
    assert.equal(channel.sent.length, 0);

    const controller = new AbortController();
    const { signal } = controller;
    let listeners = 0;
    const add = signal.addEventListener.bind(signal);
    const remove = signal.removeEventListener.bind(signal);
    signal.addEventListener = (...args: Parameters<typeof add>) => (listeners++, add(...args));
    signal.removeEventListener = (...args: Parameters<typeof remove>) => {
      listeners--;
      remove(...args);
    };
    const answered = peer.request("a", {}, { signal });
    const givenUp = failureOf(peer.request("b", {}, { signal }));
    channel.receive({ id: 1, result: "in time" });
    assert.equal(await answered, "in time");
    assert.equal(listeners, 1);
    controller.abort(gone);
    assert.equal(await givenUp, gone);
    assert.deepEqual([peer.pendingCount, listeners], [0, 0]);
    channel.receive({ id: 2, result: "late" });
    await settle();
    assert.equal(peer.isOpen, true);
  });

  it("gives a request up though the channel does not take it", async () => {
    const { channel, peer } = setUp();
    channel.onSend = () => new Promise(() => {});
    const controller = new AbortController();
    const waiting = failureOf(peer.request("a", {}, { signal: controller.signal }));
    const closing = failureOf(peer.request("b", {}));
    controller.abort(LOST);
    assert.equal(await waiting, LOST);
    await peer.close(LOST);
    assert.equal(await closing, LOST);
  });

  it("closes once, with its own error, and does not answer any more", async () => {
    let answer = (_: unknown) => {};
    const { channel, peer, ends } = setUp({
      onRequest: () => new Promise((resolve) => answer = resolve),
    });
    channel.receive({ id: 1, method: "slow" });
    await settle();
    const waiting = failureOf(peer.request("a", {}));
    const closed = new CodexError("closed", "closed", { details: {} });
    await Promise.all([peer.close(closed), peer.close(LOST)]);
    answer(1);
    await settle();
    assert.equal(await waiting, closed);
    assert.equal(await peer.ended, closed);
    assert.deepEqual(ends, [closed]);
    assert.deepEqual(channel.sent.map(({ method }) => method), ["a"]);
  });

  it("settles every request once, whatever happens in whatever order", async () => {
    const rejections = watchRejections();
    const step = fc.constantFrom("ask", "answer", "refuse", "abort", "serve", "note", "stray");
    const ending = fc.constantFrom("close", "end", "break", "garbage");
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), ending, async (steps, end) => {
        const { channel, peer } = setUp({ onRequest: ({ params }) => Promise.resolve(params) });
        const asked: { promise: Promise<unknown>; abort: () => void }[] = [];
        let served = 0;
        for (const [index, each] of steps.entries()) {
          const open = channel.sent.filter(isRequest);
          const { id } = open[(index * 7) % Math.max(open.length, 1)] ?? {};
          if (each === "ask") asked.push(ask(peer));
          else if (each === "answer" && id !== undefined) channel.receive({ id, result: index });
          else if (each === "refuse" && id !== undefined) channel.receive({ id, error: {} });
          else if (each === "abort") asked[index % Math.max(asked.length, 1)]?.abort();
          else if (each === "serve") channel.receive({ id: 1_000 + served++, method: "m" });
          else if (each === "note") channel.receive({ method: "n" });
          else channel.receive({ id: 5_000, result: 0 });
          if (index % 3 === 0) await settle();
        }
        await settle();
        if (end === "close") await peer.close(LOST);
        else if (end === "garbage") channel.receive("garbage");
        else channel.end(end === "break" ? new Error("broken") : undefined);
        await peer.ended;
        await Promise.allSettled(asked.map(({ promise }) => promise));
        assert.equal(peer.pendingCount, 0);
        assert.equal(channel.sent.filter(({ result }) => result !== undefined).length, served);
      }),
      { numRuns: 60 },
    );
    assert.deepEqual(await rejections(), []);
  });

  it("gives each request the first answer to it, whatever else is said", async () => {
    const rejections = watchRejections();
    const step = fc.oneof(
      fc.record({ kind: fc.constant("ask" as const) }),
      fc.record({
        kind: fc.constantFrom("answer", "refuse", "abort"),
        // Also to requests that have been answered, were given up, or were never made.
        to: fc.integer({ min: 1, max: 12 }),
        // As it is read from a message: of -0, JSON keeps the 0.
        value: fc.json({ maxDepth: 1 }).map((text) => JSON.parse(text) as unknown),
      }),
      fc.record({ kind: fc.constant("stray" as const), message: fc.constantFrom(...STRAYS) }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        const { channel, peer } = setUp();
        const asked: ReturnType<typeof ask>[] = [];
        const expected: unknown[] = [];
        for (const each of steps) {
          if (each.kind === "ask") {
            asked.push(ask(peer));
            expected.push("open");
          } else if (each.kind === "stray") {
            channel.receive(each.message);
          } else {
            const { kind, to: id, value } = each;
            if (kind === "answer") channel.receive({ id, result: value });
            else if (kind === "refuse") channel.receive({ id, error: { code: 7, message: "no" } });
            else asked[id - 1]?.abort();
            if (expected[id - 1] === "open") expected[id - 1] = { [kind]: value };
          }
          await settle();
        }
        assert.equal(peer.isOpen, true);
        assert.equal(peer.pendingCount, expected.filter((one) => one === "open").length);
        await peer.close(LOST);
        const outcomes = await Promise.allSettled(asked.map(({ promise }) => promise));
        for (const [index, outcome] of outcomes.entries()) {
          const said = expected[index] as { answer?: unknown } | "open";
          if (outcome.status === "fulfilled") {
            assert.deepEqual(said, { answer: outcome.value });
          } else if (said === "open") assert.equal(outcome.reason, LOST);
          else assert.ok("abort" in said || isCodexError(outcome.reason, "rpc_error"));
        }
      }),
      { numRuns: 100 },
    );
    assert.deepEqual(await rejections(), []);
  });

  it("ends by no message with another error than protocol_error", async () => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.string(), fc.json()), async (text) => {
        const { channel, peer } = setUp();
        const waiting = failureOf(peer.request("a", {}));
        channel.receive(text);
        await settle();
        const isObject = /^\s*\{/.test(text) && isJson(text);
        assert.equal(peer.isOpen, isObject, text);
        await peer.close(LOST);
        const error = await waiting;
        assert.ok(isObject ? error === LOST : isCodexError(error, "protocol_error"), String(error));
      }),
      { numRuns: 300 },
    );
  });
});

/** What is no answer to anything. */
const STRAYS: readonly object[] = [
  {},
  { id: null, result: 1 },
  { id: "1", result: 1 },
  { id: 1.5, result: 1 },
  { id: {}, result: 1 },
  { result: 1 },
  { error: { code: 1 } },
  { method: 5 },
  { method: "note", params: [1] },
  { id: 1, method: "unknown" },
  { id: -1, error: null },
];

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function isRequest({ id, method }: Sent): boolean {
  return id !== undefined && method !== undefined;
}

function ask(peer: RpcPeer) {
  const controller = new AbortController();
  const promise = peer.request("ask", {}, { signal: controller.signal });
  promise.catch(() => {});
  return { promise, abort: () => controller.abort(new Error("given up")) };
}
