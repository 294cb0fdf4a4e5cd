import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ExecSource } from "../../../src/core/exec/exec_source.ts";
import { ProcessRegistry } from "../../../src/core/processes.ts";
import { SupervisedChild } from "../../../src/core/supervised_child.ts";
import { isCodexError } from "../../../src/errors.ts";
import { EventBus } from "../../../src/events/bus.ts";
import { systemClock } from "../../../src/events/clock.ts";
import { loadRuntime } from "../../../src/runtime/detect.ts";
import { shellCli } from "../shell_cli.ts";

/** Closes its output after a whole turn, and does not exit. */
const LINGERING = "begin; finish; exec >/dev/null 2>&1; wait_for_ever";

async function withSource(use: (source: ExecSource) => Promise<void>): Promise<void> {
  const cli = shellCli(LINGERING);
  const child = await SupervisedChild.start({ command: cli.path, args: [], env: {} }, {
    runtime: await loadRuntime(),
    registry: new ProcessRegistry(),
    sink: new EventBus(),
    clock: systemClock,
    metadata: () => ({ originator: "sdk", span_token: "token" }),
    graces: { askMs: 2_000, termMs: 2_000 },
    interrupt: true,
  });
  const source = new ExecSource(child, "prompt", { exitWaitMs: 50 });
  try {
    while (await source.fill()) while (source.poll());
    await use(source);
  } finally {
    await source.stop({ gently: false });
    cli.cleanup();
  }
}

describe("ExecSource.finish() with a CLI that closed its output and does not exit", () => {
  it("ends it, which is no failure of a turn that was told in full", async () => {
    await withSource(async (source) => {
      await source.finish({ isTold: true });
      assert.ok(source.process());
    });
  });

  it("fails a turn that nobody told the end of", async () => {
    await withSource(async (source) => {
      await assert.rejects(
        source.finish({ isTold: false }),
        (error) => isCodexError(error, "exec_failed"),
      );
    });
  });
});
