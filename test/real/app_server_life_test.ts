import assert from "node:assert/strict";
import process from "node:process";
import { describe, it } from "node:test";
import { tool } from "../../src/core/tools/tool.ts";
import { type CodexErrorCode, isCodexError } from "../../src/errors.ts";
import { reply } from "../../src/testing/mod.ts";
import { groupOf, watchRejections } from "../core/nothing_left.ts";
import { runProgram } from "../runtime/running_runtime.ts";
import {
  askingThread,
  inTurn,
  NEVER,
  type ShopEngine,
  shopThread,
  withShop,
} from "./app_server_shop.ts";

const IDLE = { turns: 0, requests: 0 };

async function failsWith<C extends CodexErrorCode>(code: C, promise: Promise<unknown>) {
  const error = await promise.then(() => assert.fail("it resolved"), (error: unknown) => error);
  assert.ok(isCodexError(error, code), `${code}, not ${error}`);
  return error;
}

function pidOf({ registry }: ShopEngine): number {
  const [only, ...more] = registry.list();
  assert.ok(only && more.length === 0);
  return only.pid;
}

function assertIdle({ open }: ShopEngine): void {
  const { turns, requests } = open();
  assert.deepEqual({ turns, requests }, IDLE);
}

async function assertGone(engine: ShopEngine, pid: number): Promise<void> {
  assert.deepEqual(engine.registry.list(), []);
  assert.deepEqual(await groupOf(pid), []);
}

/** Bounds what may be a hang. */
const limited = { timeout: 60_000 };

describe("the app-server's process", () => {
  it(
    "is killed in a turn, in an approval and while idle: the next turn has another",
    limited,
    async () => {
      const rejections = watchRejections();
      const script = [
        "One.",
        NEVER,
        "Two.",
        reply.command("touch file"),
        "Three.",
        "Four.",
      ];
      await withShop(inTurn(script), async (shop) => {
        const { codex, folder, model, capture } = shop;
        const thread = codex.startThread({
          ...askingThread(folder),
          approvals: () => new Promise(() => {}),
        });
        await thread.run("Go");
        const pids = [pidOf(shop)];

        const inTurn = failsWith("connection_lost", thread.run("Go"));
        await model.waitForRequests(2);
        process.kill(pids[0]!, "SIGKILL");
        const error = await inTurn;
        assert.equal(error.details.signal, "SIGKILL");
        assert.equal((await thread.run("Go on")).finalResponse, "Two.");
        pids.push(pidOf(shop));

        const inApproval = failsWith("connection_lost", thread.run("Touch it"));
        await capture.waitFor("codex.approval.requested");
        process.kill(pids[1]!, "SIGKILL");
        await inApproval;
        const ending = capture.names.slice(-4).filter((name) => !name.startsWith("codex.process"));
        assert.deepEqual(ending, [
          "codex.approval.denied",
          "codex.tool.failure",
          "codex.thread.exception",
        ]);
        const after = await thread.run("Go on");
        assert.equal(after.finalResponse, "Three.");
        assert.equal(after.turnUsage?.input_tokens, 100);
        pids.push(pidOf(shop));

        process.kill(pids[2]!, "SIGKILL");
        await capture.waitFor("codex.process.stop", {
          where: ({ metadata }) => metadata.pid === pids[2],
        });
        assert.equal((await thread.run("Go on")).finalResponse, "Four.");
        pids.push(pidOf(shop));

        assert.equal(new Set(pids).size, 4);
        assert.match(JSON.stringify(model.requests.at(-1)?.body["input"]), /One\./);
        assertIdle(shop);
        await codex.close();
        for (const pid of pids) await assertGone(shop, pid);
        const stops = capture.named("codex.process.stop");
        assert.deepEqual(stops.map(({ metadata }) => [metadata.signal, metadata.stopped_by]), [
          ["SIGKILL", undefined],
          ["SIGKILL", undefined],
          ["SIGKILL", undefined],
          [null, "stdin"],
        ]);
      });
      assert.deepEqual(await rejections(), []);
    },
  );

  it("is stopped by who started it: its turn fails, the next has another", limited, async () => {
    const rejections = watchRejections();
    const script = [reply.command("sleep 300"), "Two.", "Three."];
    await withShop(inTurn(script), async (shop) => {
      const { codex, folder, registry, capture } = shop;
      const thread = codex.startThread(shopThread(folder));
      const failing = failsWith("connection_lost", thread.run("Go"));
      await capture.waitFor("codex.tool.start");
      const [running] = registry.list();
      assert.match(running?.command ?? "", /app-server/);
      assert.equal(running?.state, "running");
      await registry.stop(running!.pid);
      await failing;
      await assertGone(shop, running!.pid);
      const ended = capture.named("codex.tool.failure").at(-1);
      assert.equal(ended?.metadata.error?.code, "turn_ended");
      assert.equal((await thread.run("Go on")).finalResponse, "Two.");

      const idle = pidOf(shop);
      await registry.stop(idle);
      await failsWith("process_unknown", registry.stop(idle));
      assert.equal((await thread.run("Go on")).finalResponse, "Three.");
      assertIdle(shop);
      const stops = capture.named("codex.process.stop").map(({ metadata }) => metadata);
      assert.deepEqual(stops.map(({ pid, stopped_by }) => [pid, stopped_by]), [
        [running!.pid, "stdin"],
        [idle, "stdin"],
      ]);
    });
    assert.deepEqual(await rejections(), []);
  });

  it("ends with close(), also in the middle of turns, and once", limited, async () => {
    await withShop(inTurn([NEVER, NEVER]), async (shop) => {
      const { codex, folder, model, capture } = shop;
      const turns = [1, 2].map(() =>
        failsWith("closed", codex.startThread(shopThread(folder)).run("Go"))
      );
      await model.waitForRequests(2);
      const pid = pidOf(shop);
      await Promise.all([codex.close(), codex.close()]);
      await Promise.all(turns);
      await assertGone(shop, pid);
      assert.equal(capture.named("codex.process.stop").length, 1);
      await failsWith("closed", codex.startThread().run("Go"));

      const unused = await shop.another();
      await unused.codex.close();
      assert.deepEqual(unused.capture.names, []);
    });
  });

  it(
    "goes on after turns that were aborted, in a tool, an approval, or waiting for the model",
    limited,
    async () => {
      const script = [
        reply.tool("wait", {}),
        reply.command("touch file"),
        NEVER,
        reply.command("sleep 30"),
        "Done.",
      ];
      await withShop(inTurn(script), async (shop) => {
        const { codex, folder, model, capture, statistics } = shop;
        let reached = (_: string) => {};
        let aborted: Promise<unknown> | undefined;
        const wait = (signal: AbortSignal, what: string) => {
          aborted = new Promise((resolve) => signal.addEventListener("abort", resolve));
          reached(what);
          return new Promise<never>(() => {});
        };
        const options = {
          ...askingThread(folder),
          tools: [tool({
            name: "wait",
            description: "Waits",
            inputSchema: { type: "object" },
            run: (_, { signal }) => wait(signal, "tool"),
          })],
        };
        const abortAt = async (
          at: Promise<unknown>,
          thread: ReturnType<typeof codex.startThread>,
        ) => {
          const controller = new AbortController();
          const failing = failsWith("aborted", thread.run("Go", { signal: controller.signal }));
          await at;
          controller.abort();
          await failing;
          assertIdle(shop);
        };
        const next = () => new Promise((resolve) => reached = resolve);
        const thread = codex.startThread({
          ...options,
          approvals: (_, { signal }) => wait(signal, "approval"),
        });
        await abortAt(next(), thread);
        await aborted;
        assert.equal(statistics.metrics()["wait"]?.failure, 1);
        await abortAt(next(), thread);
        await aborted;
        await abortAt(model.waitForRequests(3), thread);
        capture.clear();
        const allowing = codex.startThread({ ...options, approvals: "allow" });
        await abortAt(capture.waitFor("codex.approval.approved"), allowing);
        assert.equal((await thread.run("Go on")).finalResponse, "Done.");
        assert.equal(capture.named("codex.process.start").length, 0);
      });
    },
  );

  it("serves 16 turns at once", limited, async () => {
    await withShop(() => "Hello.", async (shop) => {
      const { codex, folder, capture, model } = shop;
      const threads = Array.from({ length: 16 }, () => codex.startThread(shopThread(folder)));
      const turns = await Promise.all(threads.map((thread) => thread.run("Go")));
      assert.deepEqual(
        new Set(turns.map(({ turnUsage }) => turnUsage?.input_tokens)),
        new Set([100]),
      );
      assert.equal(new Set(turns.map(({ threadId }) => threadId)).size, 16);
      assert.equal(capture.named("codex.process.start").length, 1);
      assert.deepEqual([capture.named("codex.thread.stop").length, model.requests.length], [
        16,
        16,
      ]);
      assertIdle(shop);
    });
  });

  it("does not keep its host alive once it is closed", limited, async () => {
    const { code, signal, stdout, stderr } = await runProgram("app_server_program.ts");
    const noise = /ExperimentalWarning|node --trace-warnings/;
    const said = stderr.split("\n").filter((line) => line !== "" && !noise.test(line));
    assert.deepEqual([code, signal, said], [0, null, []]);
    assert.deepEqual(JSON.parse(stdout), { answer: "Hello.", timers: 0 });
  });
});
