import assert from "node:assert/strict";
import { after, describe, it } from "node:test";
import type { Runtime, RuntimeLoader } from "../../src/core/ports.ts";
import type { StopGraces } from "../../src/core/shutdown_ladder.ts";
import { isCodexError } from "../../src/errors.ts";
import { loadRuntime } from "../../src/runtime/detect.ts";
import { createEngine, type Engine } from "./engine.ts";
import { assertNothingLeft, watchRejections } from "./nothing_left.ts";
import { shellCli } from "./shell_cli.ts";

const BUSY = `say '{"type":"thread.started","thread_id":"t1"}'; wait_for_ever`;

/** Uses an engine with a CLI of this script, and leaves nothing. */
async function withCli(
  script: string,
  use: (engine: Engine & { path: string }) => Promise<void>,
  options: { stopGraces?: Partial<StopGraces>; loadRuntime?: RuntimeLoader } = {},
): Promise<void> {
  const { stopGraces = {}, loadRuntime: load = loadRuntime } = options;
  const cli = shellCli(script);
  const codexOptions = { codexPathOverride: cli.path, stopGraces };
  const engine = createEngine(codexOptions, { loadRuntime: load });
  try {
    await use({ ...engine, path: cli.path });
    await assertNothingLeft(engine);
  } finally {
    await engine.codex.close();
    cli.cleanup();
  }
}

/** A turn that runs, and the pid of its process. */
async function start({ codex, capture }: Engine) {
  const { events } = await codex.startThread().runStreamed("Go");
  await events.next();
  return { events, pid: capture.named("codex.process.start").at(-1)!.metadata.pid };
}

const refused = (pid: number) => (error: unknown) =>
  isCodexError(error, "process_unknown") && error.details.pid === pid;

const soon = () => new Promise((resolve) => setTimeout(resolve, 5));

describe("the processes of the SDK", () => {
  const rejections = watchRejections();
  after(async () => assert.deepEqual(await rejections(), []));

  it("are listed with pid, command, start, thread and state, in the order of their start", async () => {
    await withCli(BUSY, async (engine) => {
      const turns = [await start(engine), await start(engine)];
      const list = engine.registry.list();
      assert.deepEqual(list.map(({ pid }) => pid), turns.map(({ pid }) => pid));
      for (const { pid, command, startedAt, threadId, state } of list) {
        const announced = engine.capture.named("codex.process.start")
          .find(({ metadata }) => metadata.pid === pid);
        assert.equal(startedAt.getTime(), Math.trunc(announced!.measurements.system_time));
        assert.deepEqual([threadId, state], ["t1", "running"]);
        assert.ok(command.startsWith(engine.path), command);
      }
      await Promise.all(turns.map(({ events }) => events.return(undefined)));
    });
  });

  it("are stopping from when their end was asked for until nothing of them is left", async () => {
    await withCli(`trap '' INT TERM; ${BUSY}`, async (engine) => {
      const { events, pid } = await start(engine);
      const returned = events.return(undefined);
      while (engine.registry.list()[0]?.state === "running") await soon();
      assert.deepEqual(engine.registry.list().map((one) => [one.pid, one.state]), [
        [pid, "stopping"],
      ]);
      await returned;
      assert.deepEqual(engine.registry.list(), []);
    }, { stopGraces: { askMs: 300, termMs: 300 } });
  });

  it("are stopped, and only the one that is meant", async () => {
    await withCli(BUSY, async (engine) => {
      const [one, other] = [await start(engine), await start(engine)];
      const failed = assert.rejects(one.events.next(), { code: "exec_failed" });
      await Promise.all([engine.registry.stop(one.pid), engine.registry.stop(one.pid)]);
      await failed;
      await assert.rejects(engine.registry.stop(one.pid), refused(one.pid));
      assert.deepEqual(engine.registry.list().map(({ pid }) => pid), [other.pid]);
      await other.events.return(undefined);
    });
  });

  it("fail their run when they are stopped, also where they exit with 0 then", async () => {
    await withCli(`trap 'exit 0' INT; ${BUSY}`, async (engine) => {
      const { events, pid } = await start(engine);
      const failed = assert.rejects(events.next(), { code: "exec_failed" });
      await engine.registry.stop(pid);
      await failed;
    });
  });

  it("are refused when the pid is nobody's, or somebody else's", async () => {
    const { registry } = createEngine();
    for (const pid of [process.pid, process.ppid, 1, 0, -1, 2 ** 22 + 1]) {
      await assert.rejects(registry.stop(pid), refused(pid));
    }
  });

  it("are refused when another process has got the pid since", async () => {
    const runtime = await loadRuntime();
    let startTime: string | undefined;
    const find = async (pid: number) => {
      const found = await runtime.processes.find(pid);
      return found && { ...found, startTime: startTime ?? found.startTime };
    };
    const changed: Runtime = { ...runtime, processes: { ...runtime.processes, find } };
    await withCli(BUSY, async (engine) => {
      const { events, pid } = await start(engine);
      startTime = "later";
      await assert.rejects(engine.registry.stop(pid), refused(pid));
      assert.equal(engine.registry.list()[0]?.state, "running");
      await events.return(undefined);
    }, { loadRuntime: () => Promise.resolve(changed) });
  });
});

describe("stopGraces", () => {
  /** Takes a while to end after SIGINT, and does not after SIGTERM. */
  const SLOW = `trap '' TERM; trap 'sleep 2.5; exit 0' INT; ${BUSY}`;

  for (
    const [stopGraces, rung] of [
      [{ askMs: 60_000 }, "SIGINT"],
      [{ askMs: 50, termMs: 50 }, "SIGKILL"],
    ] as const
  ) {
    it(`say how long each step of the end may take: ${JSON.stringify(stopGraces)}`, async () => {
      await withCli(SLOW, async (engine) => {
        const { events } = await start(engine);
        await events.return(undefined);
        const [stop] = engine.capture.named("codex.process.stop");
        assert.equal(stop?.metadata.stopped_by, rung);
      }, { stopGraces });
    });
  }

  it("are checked when the Codex is made", () => {
    assert.throws(() => createEngine({ stopGraces: { askMs: 0 } }), RangeError);
  });
});
