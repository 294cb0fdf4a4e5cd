import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { TurnOptions } from "../../src/core/options.ts";
import type { ProcessReference } from "../../src/core/ports.ts";
import type { StreamedTurn } from "../../src/core/turn.ts";
import { isCodexError } from "../../src/errors.ts";
import { loadRuntime } from "../../src/runtime/detect.ts";
import { reply } from "../../src/testing/mod.ts";
import { assertNothingLeft } from "../core/nothing_left.ts";
import { withWorkshop, type Workshop } from "./workshop.ts";

/** The CLI gives each command a session of its own; the first `sleep` leaves even that one. */
const COMMAND = "(setsid sleep 300 2>/dev/null || sleep 300) & sleep 301 & sleep 302; true";

const { processes } = await loadRuntime();

interface BusyTurn extends Workshop {
  events: StreamedTurn["events"];
  /** Pid of the CLI. */
  pid: number;
  /** The shell and the three sleepers. */
  family: ProcessReference[];
}

/** Has a turn run the command, ends it in some way, and asserts that nothing of it runs. */
async function assertEndsAll(
  end: (turn: BusyTurn) => Promise<unknown>,
  options: TurnOptions = {},
): Promise<void> {
  await withWorkshop([reply.command(COMMAND), "Done."], async (workshop) => {
    const { events } = await workshop.thread.runStreamed("Go", options);
    for (let type = ""; type !== "item.started";) type = (await events.next()).value?.type ?? "end";
    const [{ metadata: { pid } }] = workshop.capture.named("codex.process.start") as [never];
    const family = await familyOf(pid);
    try {
      await end({ ...workshop, events, pid, family });
      assert.deepEqual(await processes.alive(family), []);
      await assertNothingLeft(workshop);
    } finally {
      for (const one of await processes.alive(family)) processes.signal(one, "SIGKILL");
    }
  });
}

async function familyOf(pid: number): Promise<ProcessReference[]> {
  let family: ProcessReference[] = [];
  for (let triesLeft = 200; family.length < 4; triesLeft--) {
    assert.ok(triesLeft > 0, "the command never ran");
    await new Promise((resolve) => setTimeout(resolve, 50));
    family = await processes.descendants(pid);
  }
  return family;
}

const rejectsWith = (promise: Promise<unknown>, code: "aborted" | "timeout" | "closed") =>
  assert.rejects(promise, (error) => isCodexError(error, code));

describe("a turn of the real CLI that is ended while a command runs", () => {
  it("leaves nothing when it is aborted", async () => {
    const controller = new AbortController();
    await assertEndsAll(async ({ events, capture }) => {
      const waiting = rejectsWith(events.next(), "aborted");
      controller.abort();
      await waiting;
      const [stop] = capture.named("codex.process.stop");
      assert.equal(stop?.metadata.stopped_by, "SIGINT");
      const [failure] = capture.named("codex.tool.failure");
      assert.equal(failure?.metadata.error?.code, "turn_ended");
    }, { signal: controller.signal });
  });

  it("leaves nothing when its loop is left", async () => {
    await assertEndsAll(({ events }) => events.return(undefined));
  });

  it("leaves nothing when its time is over", async () => {
    await assertEndsAll(({ events }) => rejectsWith(events.next(), "timeout"), {
      idleTimeoutMs: 5_000,
    });
  });

  it("leaves nothing when its Codex is closed", async () => {
    await assertEndsAll(async ({ events, codex }) => {
      const waiting = rejectsWith(events.next(), "closed");
      await codex.close();
      await waiting;
    });
  });

  it("leaves nothing when its process is stopped", async () => {
    await assertEndsAll(async ({ events, registry, pid }) => {
      const waiting = assert.rejects(
        events.next(),
        (error) => isCodexError(error, "exec_failed"),
      );
      await registry.stop(pid);
      await waiting;
    });
  });
});

describe("the real CLI that is killed while a command runs", () => {
  it("fails the turn with the signal, and its commands are ended", async () => {
    await withWorkshop([reply.command(COMMAND), "Done."], async (workshop) => {
      const { thread, capture } = workshop;
      const run = thread.run("Go").catch((error: unknown) => error);
      await capture.waitFor("codex.tool.start");
      const { pid } = capture.named("codex.process.start")[0]!.metadata;
      const family = await familyOf(pid);
      process.kill(pid, "SIGKILL");
      const error = await run;
      assert.ok(isCodexError(error, "exec_failed"), String(error));
      assert.deepEqual([error.details.exitCode, error.details.signal], [null, "SIGKILL"]);
      assert.equal(capture.named("codex.process.stop")[0]?.metadata.signal, "SIGKILL");
      try {
        await assertNothingLeft(workshop);
        // Only Linux tells whose the processes are that a dead parent has left.
        if (process.platform === "linux") assert.deepEqual(await processes.alive(family), []);
      } finally {
        for (const one of await processes.alive(family)) processes.signal(one, "SIGKILL");
      }
    });
  });
});
