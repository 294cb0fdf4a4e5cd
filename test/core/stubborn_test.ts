import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { after, describe, it } from "node:test";
import { delay } from "../../src/core/delay.ts";
import type { CodexOptions, TurnOptions } from "../../src/core/options.ts";
import type { ProcessReference } from "../../src/core/ports.ts";
import type { Thread } from "../../src/core/thread.ts";
import { EVENT_NAMES } from "../../src/events/catalogue.ts";
import { type CodexErrorCode, isCodexError } from "../../src/errors.ts";
import { loadRuntime } from "../../src/runtime/detect.ts";
import { shellServer } from "./app_server/shell_server.ts";
import { createEngine, type Engine } from "./engine.ts";
import { assertNothingLeft, watchRejections } from "./nothing_left.ts";
import { shellCli } from "./shell_cli.ts";

const { processes } = await loadRuntime();

/** Ignores what it can, and so do a child in its group and one in a session of its own. */
const FAMILY = `trap '' INT TERM HUP
sh -c 'trap "" INT TERM HUP; echo $$ >> '$here'/pids; while :; do sleep 1; done' &
setsid sh -c 'trap "" INT TERM HUP; echo $$ >> '$here'/pids; while :; do sleep 1; done' &
while [ "$(cat $here/pids 2>/dev/null | wc -l)" -lt 2 ]; do sleep 0.02; done
echo $$ >> $here/pids`;

const SCRIPTS = {
  exec: `${FAMILY}\nbegin; wait_for_ever`,
  "app-server": shellServer({ begin: FAMILY, turn: ":", end: "wait_for_ever" }),
};

/** A turn that has begun, in the middle of which the CLI will say no more. */
interface StubbornTurn extends Engine {
  thread: Thread;
  run(options?: TurnOptions): Promise<unknown>;
  begun(): Promise<void>;
}

async function failsWith(code: CodexErrorCode, promise: Promise<unknown>): Promise<void> {
  await assert.rejects(promise, (error) => isCodexError(error, code));
}

/** Every way in which a turn can be ended. */
const WAYS: Record<string, (turn: StubbornTurn) => Promise<unknown>> = {
  async "an abort"({ run, begun }) {
    const controller = new AbortController();
    const failed = failsWith("aborted", run({ signal: controller.signal }));
    await begun();
    controller.abort();
    controller.abort();
    await failed;
  },
  async "AbortSignal.timeout()"({ run }) {
    await failsWith("aborted", run({ signal: AbortSignal.timeout(4_000) }));
  },
  async break({ codex }) {
    const { events } = await codex.startThread().runStreamed("Go");
    for await (const event of events) if (event.type === "turn.started") break;
  },
  async "a throw in the loop"({ codex }) {
    const { events } = await codex.startThread().runStreamed("Go");
    await assert.rejects(async () => {
      for await (const event of events) if (event.type === "turn.started") throw new Error("mine");
    }, { message: "mine" });
  },
  async "return()"({ thread, begun }) {
    const { events } = await thread.runStreamed("Go");
    const reading = (async () => {
      for await (const _event of events);
    })();
    await begun();
    await events.return(undefined);
    await reading;
  },
  timeoutMs: ({ run }) => failsWith("timeout", run({ timeoutMs: 4_000 })),
  idleTimeoutMs: ({ run }) => failsWith("timeout", run({ idleTimeoutMs: 4_000 })),
  async "a handler that fails at every event"({ bus, run, capture }) {
    for (const name of EVENT_NAMES) {
      // The failure of one is the last event where it comes at the end of the turn.
      if (/handler|thread\.(stop|exception)/.test(name)) continue;
      bus.attach(name, name, () => {
        throw new Error("mine");
      });
    }
    await failsWith("timeout", run({ timeoutMs: 4_000 }));
    assert.ok(capture.named("codex.telemetry.handler.failure").length >= 2);
  },
  async "close()"({ codex, run, begun }) {
    const failed = failsWith("closed", run());
    await begun();
    await codex.close();
    await failed;
  },
  async "Symbol.asyncDispose"({ codex, run, begun }) {
    const failed = failsWith("closed", run());
    await begun();
    await codex[Symbol.asyncDispose]();
    await failed;
  },
  async "processes.stop()"({ registry, run, begun }) {
    const failed = run().then(() => assert.fail("it resolved"), (error: unknown) => error);
    await begun();
    await registry.stop(registry.list()[0]!.pid);
    const error = await failed;
    assert.ok(isCodexError(error, "exec_failed") || isCodexError(error, "connection_lost"));
  },
};

/** The processes whose pids a script has noted. */
async function familyOf(cli: string): Promise<ProcessReference[]> {
  const pids = readFileSync(join(dirname(cli), "pids"), "utf8").trim().split("\n").map(Number);
  const found = await Promise.all(pids.map((pid) => processes.find(pid)));
  return found.filter((one) => one !== undefined);
}

async function assertEndsAll(
  way: (turn: StubbornTurn) => Promise<unknown>,
  transport: "exec" | "app-server",
  stopGraces?: CodexOptions["stopGraces"],
): Promise<void> {
  const cli = shellCli(SCRIPTS[transport]);
  const engine = createEngine({
    codexPathOverride: cli.path,
    transport,
    ...(stopGraces ? { stopGraces } : {}),
  });
  let family: ProcessReference[] = [];
  try {
    const thread = engine.codex.startThread();
    const run = (options?: TurnOptions) => thread.run("Go", options);
    const begun = async () => {
      while (thread.id === null) await new Promise((resolve) => setTimeout(resolve, 10));
      family = await familyOf(cli.path);
      assert.equal(family.length, 3);
    };
    await way({ ...engine, thread, run, begun });
    // Before close(): whatever the way was, it has left nothing.
    assert.deepEqual(await processes.alive(family), []);
    assert.deepEqual(await familyOf(cli.path), []);
    await assertNothingLeft(engine);
    const [stop] = engine.capture.named("codex.process.stop");
    assert.deepEqual([stop?.metadata.signal, stop?.metadata.stopped_by], ["SIGKILL", "SIGKILL"]);
  } finally {
    await engine.codex.close();
    for (const one of await processes.alive(family)) processes.signal(one, "SIGKILL");
    cli.cleanup();
  }
}

/** Rejects after a minute, so that it is known which of many hangs. */
async function notHanging(promise: Promise<void>): Promise<void> {
  const timer = new AbortController();
  const limit = delay(60_000, timer.signal).then(() => {
    if (!timer.signal.aborted) throw new Error("it hangs");
  });
  await Promise.race([promise, limit]).finally(() => timer.abort());
}

describe("a CLI that ignores every signal that can be ignored, as do its commands", () => {
  const rejections = watchRejections();
  after(async () => assert.deepEqual(await rejections(), []));

  for (const transport of ["exec", "app-server"] as const) {
    it(`is gone with them after every way of ending a turn: ${transport}`, async () => {
      // At once, because each takes the graces of the whole ladder.
      const outcomes = await Promise.allSettled(
        Object.values(WAYS).map((way) =>
          notHanging(assertEndsAll(way, transport, { askMs: 500, termMs: 500 }))
        ),
      );
      const failures = Object.keys(WAYS).flatMap((way, index) => {
        const outcome = outcomes[index]!;
        return outcome.status === "rejected" ? [`${way}: ${outcome.reason?.stack}`] : [];
      });
      assert.deepEqual(failures, []);
    });

    it(`is gone after the graces that nobody has changed: ${transport}`, async () => {
      await assertEndsAll(WAYS["an abort"]!, transport);
    });
  }
});
