import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { after, afterEach, describe, it } from "node:test";
import type { TurnOptions } from "../../src/core/options.ts";
import { isCodexError } from "../../src/errors.ts";
import type { StreamedTurn } from "../../src/core/turn.ts";
import { createEngine, type Engine } from "./engine.ts";
import { assertNothingLeft, watchRejections } from "./nothing_left.ts";
import { type ShellCli, shellCli } from "./shell_cli.ts";

/** Notes its arguments, starts a command, says so, and waits. */
const BUSY = `printf '%s\\n' "$@" > "$here/args"; cat >/dev/null; begin
say '{"type":"item.started","item":{"id":"1","type":"command_execution","command":"x"}}'
wait_for_ever`;

type Events = StreamedTurn["events"];

describe("a turn that is ended in the middle", () => {
  const engines: Engine[] = [];
  const clis: ShellCli[] = [];
  const rejections = watchRejections();
  afterEach(async () => {
    for (const engine of engines.splice(0)) await assertNothingLeft(engine);
    for (const cli of clis.splice(0)) cli.cleanup();
  });
  after(async () => assert.deepEqual(await rejections(), []));

  function open(script = BUSY) {
    const cli = shellCli(script);
    const engine = createEngine({ codexPathOverride: cli.path });
    clis.push(cli);
    engines.push(engine);
    return { ...engine, cli, thread: engine.codex.startThread() };
  }

  /** A stream that has given its three events and waits for more. */
  async function openStream(options: TurnOptions = {}, script = BUSY) {
    const engine = open(script);
    const { events } = await engine.thread.runStreamed("Go", options);
    for (let count = 0; count < 3; count++) assert.equal((await events.next()).done, false);
    return { ...engine, events };
  }

  const isDone = async (events: Events) =>
    assert.deepEqual(await events.next(), { done: true, value: undefined });

  const rejectsAborted = (promise: Promise<unknown>, reason: unknown) =>
    assert.rejects(promise, (error) => {
      assert.ok(isCodexError(error, "aborted"), String(error));
      assert.deepEqual([error.name, error.message], ["AbortError", "The operation was aborted"]);
      assert.equal(error.cause, reason);
      return true;
    });

  function endOf({ capture }: Engine) {
    const { metadata } = [
      ...capture.named("codex.thread.stop"),
      ...capture.named("codex.thread.exception"),
    ][0]!;
    return [metadata.result, "error" in metadata ? metadata.error?.code : undefined];
  }

  describe("by a signal", () => {
    it("starts nothing when it is aborted already", async () => {
      const { thread, capture } = open();
      const signal = AbortSignal.abort("why");
      await rejectsAborted(thread.run("Go", { signal }), "why");
      const { events } = await thread.runStreamed("Go", { signal });
      await rejectsAborted(events.next(), "why");
      await isDone(events);
      assert.deepEqual(capture.named("codex.process.start"), []);
      assert.equal(capture.named("codex.thread.exception").length, 2);
    });

    it("rejects a run", async () => {
      const { thread, capture } = open();
      const controller = new AbortController();
      const run = thread.run("Go", { signal: controller.signal });
      const rejected = rejectsAborted(run, "enough");
      await capture.waitFor("codex.tool.start");
      controller.abort("enough");
      await rejected;
    });

    it("rejects the next() that waits, once", async () => {
      const controller = new AbortController();
      const stream = await openStream({ signal: controller.signal });
      const waiting = stream.events.next();
      const rejected = rejectsAborted(waiting, "enough");
      controller.abort("enough");
      controller.abort("again");
      await rejected;
      await isDone(stream.events);
      assert.deepEqual(endOf(stream), ["error", "aborted"]);
      const [failure] = stream.capture.named("codex.tool.failure");
      assert.equal(failure?.metadata.error?.code, "turn_ended");
    });

    it("rejects the next() that comes after it, and ends the processes without waiting for that", async () => {
      const controller = new AbortController();
      const stream = await openStream({ signal: controller.signal });
      controller.abort("enough");
      await stream.capture.waitFor("codex.thread.exception");
      assert.deepEqual(stream.registry.list(), []);
      await rejectsAborted(stream.events.next(), "enough");
      await isDone(stream.events);
    });

    it("ends a loop whose body is busy", async () => {
      const { thread } = open();
      const controller = new AbortController();
      const { events } = await thread.runStreamed("Go", { signal: controller.signal });
      let seen = 0;
      const loop = (async () => {
        for await (const _event of events) {
          seen++;
          controller.abort("enough");
          await new Promise((resolve) => setTimeout(resolve, 20));
        }
      })();
      await rejectsAborted(loop, "enough");
      assert.equal(seen, 1);
    });

    it("is without effect after the end", async () => {
      const controller = new AbortController();
      const { thread, capture } = open("begin; finish");
      const { events } = await thread.runStreamed("Go", { signal: controller.signal });
      for await (const _event of events);
      controller.abort();
      await isDone(events);
      assert.equal(capture.named("codex.thread.stop")[0]?.metadata.result, "ok");
    });

    it("may come while the turn is only being opened", async () => {
      const { thread, capture, bus } = open();
      const controller = new AbortController();
      const { events } = await thread.runStreamed("Go", { signal: controller.signal });
      const waiting = rejectsAborted(events.next(), "early");
      controller.abort("early");
      await waiting;
      assert.equal(capture.named("codex.thread.exception").length, 1);
      assert.deepEqual(capture.named("codex.process.start"), []);
      const second = new AbortController();
      bus.attach("abort", "codex.process.start", () => second.abort("at the start"));
      await rejectsAborted(thread.run("Go", { signal: second.signal }), "at the start");
    });

    it("settles once when it comes together with the exit of the CLI", async () => {
      for (const name of ["codex.process.stop", "codex.thread.token_usage.updated"] as const) {
        const { thread, bus, capture } = open("begin; finish");
        const controller = new AbortController();
        bus.attach("abort", name, () => controller.abort("late"));
        const [result] = await Promise.allSettled([
          thread.run("Go", { signal: controller.signal }),
        ]);
        if (result.status === "rejected") assert.ok(isCodexError(result.reason, "aborted"));
        const ends = capture.names.filter((end) => /^codex\.thread\.(stop|exception)$/.test(end));
        assert.equal(ends.length, 1);
      }
    });
  });

  describe("by its consumer", () => {
    it("ends when the loop is left", async () => {
      const { thread, registry, ...engine } = open();
      const { events } = await thread.runStreamed("Go");
      for await (const event of events) {
        if (event.type === "item.started") break;
      }
      assert.deepEqual(registry.list(), []);
      assert.deepEqual(endOf({ ...engine, registry }), ["early_exit", undefined]);
      await isDone(events);
    });

    it("ends when the loop's body throws, with that error", async () => {
      const { thread } = open();
      const { events } = await thread.runStreamed("Go");
      await assert.rejects(async () => {
        for await (const _event of events) throw new RangeError("mine");
      }, { name: "RangeError", message: "mine" });
    });

    it("ends by return(), which also settles the next() calls that wait", async () => {
      const stream = await openStream();
      const waiting = [stream.events.next(), stream.events.next()];
      assert.deepEqual(await stream.events.return(undefined), { done: true, value: undefined });
      assert.deepEqual(await Promise.all(waiting), [
        { done: true, value: undefined },
        { done: true, value: undefined },
      ]);
      await stream.events.return(undefined);
      assert.deepEqual(endOf(stream), ["early_exit", undefined]);
    });

    it("ends by throw(), which rejects with the error it is given", async () => {
      const stream = await openStream();
      await assert.rejects(stream.events.throw(new RangeError("mine")), RangeError);
      await isDone(stream.events);
      await assert.rejects(stream.events.throw(new RangeError("again")), /again/);
    });

    it("ends by asyncDispose", async () => {
      const stream = await openStream();
      await stream.events[Symbol.asyncDispose]();
      await isDone(stream.events);
    });

    it("never begins when it ends before the first next()", async () => {
      const { thread, capture } = open();
      const { events } = await thread.runStreamed("Go");
      await events.return(undefined);
      await isDone(events);
      assert.deepEqual(capture.names, []);
    });

    it("starts no process when a handler of its start ends it", async () => {
      const { thread, bus, capture } = open();
      const { events } = await thread.runStreamed("Go");
      bus.attach("end", "codex.thread.start", () => void events.return(undefined));
      await isDone(events);
      assert.deepEqual(capture.names, ["codex.thread.start", "codex.thread.stop"]);
    });

    it("answers next() calls in the order in which they were made", async () => {
      const { thread } = open(
        'begin; sleep 0.1; say \'{"type":"a"}\'; sleep 0.1; say \'{"type":"b"}\'',
      );
      const { events } = await thread.runStreamed("Go");
      const take = async () => (await events.next()).value?.type ?? "done";
      const first = take();
      const inReaction = first.then(take);
      const types = await Promise.all([first, take(), take(), inReaction, take()]);
      assert.deepEqual(types, ["thread.started", "turn.started", "a", "done", "b"]);
      assert.equal(await take(), "done");
    });
  });

  describe("by a limit of time", () => {
    it("fails with timeout when it takes longer than timeoutMs", async () => {
      const engine = open(`${BUSY.replace("wait_for_ever", "")}
while :; do say '{"type":"tick"}'; sleep 0.05; done`);
      await assert.rejects(engine.thread.run("Go", { timeoutMs: 300 }), (error) => {
        assert.ok(isCodexError(error, "timeout"));
        assert.deepEqual(error.details, { kind: "total", timeoutMs: 300 });
        assert.equal(error.message, "The turn took longer than 300 ms.");
        return true;
      });
      assert.deepEqual(endOf(engine), ["error", "timeout"]);
    });

    it("fails with timeout when the agent is silent for idleTimeoutMs", async () => {
      const engine = open();
      await assert.rejects(engine.thread.run("Go", { idleTimeoutMs: 200 }), (error) => {
        assert.ok(isCodexError(error, "timeout"));
        assert.deepEqual(error.details, { kind: "idle", timeoutMs: 200 });
        assert.equal(error.message, "The agent said nothing for 200 ms.");
        return true;
      });
    });

    it("does not count the time that the consumer takes as silence", async () => {
      const { thread } = open("begin; finish");
      const { events } = await thread.runStreamed("Go", {
        idleTimeoutMs: 2_000,
        timeoutMs: 60_000,
      });
      let last = "";
      for await (const event of events) {
        if (last === "") await new Promise((resolve) => setTimeout(resolve, 1_600));
        last = event.type;
      }
      assert.equal(last, "turn.completed");
    });
  });

  describe("by close()", () => {
    it("fails with closed, and close() waits until nothing is left", async () => {
      const stream = await openStream();
      const waiting = stream.events.next();
      const rejected = assert.rejects(waiting, (error) => isCodexError(error, "closed"));
      await stream.codex.close();
      await assertNothingLeft(stream);
      await rejected;
      await stream.codex.close();
      assert.deepEqual(endOf(stream), ["error", "closed"]);
    });

    it("lets nothing start afterwards, a stream from before included", async () => {
      const { codex, thread, capture } = open();
      const { events } = await thread.runStreamed("Go");
      await codex[Symbol.asyncDispose]();
      for (const attempt of [events.next(), thread.run("Go"), codex.startThread().run("Go")]) {
        await assert.rejects(attempt, (error) => isCodexError(error, "closed"));
      }
      assert.deepEqual(capture.named("codex.process.start"), []);
    });
  });

  it("ends by stopping its process, and other processes are refused", async () => {
    const stream = await openStream();
    const [info] = stream.registry.list();
    assert.equal(info?.threadId, "t1");
    assert.equal(info?.state, "running");
    assert.ok(info.command.startsWith(stream.cli.path));
    const waiting = assert.rejects(
      stream.events.next(),
      (error) => isCodexError(error, "exec_failed"),
    );
    await stream.registry.stop(info.pid);
    await waiting;
    for (const pid of [info.pid, process.pid, 1]) {
      await assert.rejects(
        stream.registry.stop(pid),
        (error) => isCodexError(error, "process_unknown") && error.details.pid === pid,
      );
    }
  });

  it("removes the file of its output schema, however it ends", async () => {
    const outputSchema = { type: "object" };
    const endings: [string, (events: Events, controller: AbortController) => Promise<unknown>][] = [
      [BUSY, (events) => events.return(undefined)],
      [BUSY, (_events, controller) => Promise.resolve(controller.abort())],
      [BUSY.replace("wait_for_ever", "finish"), async (events) => {
        for await (const _event of events);
      }],
      [BUSY.replace("wait_for_ever", "exit 9"), (events) => events.next().catch(() => {})],
      [BUSY.replace("wait_for_ever", "say nonsense"), (events) => events.next().catch(() => {})],
    ];
    for (const [script, end] of endings) {
      const controller = new AbortController();
      const { signal } = controller;
      const stream = await openStream({ outputSchema, signal }, script);
      const args = stream.cli.read("args").split("\n");
      const schemaFile = args[args.indexOf("--output-schema") + 1] ?? "";
      await end(stream.events, controller);
      await stream.events.next().catch(() => {});
      assert.match(schemaFile, /codex-output-schema-/);
      assert.equal(existsSync(schemaFile), false, script);
    }
  });
});
