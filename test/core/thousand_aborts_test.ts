import assert from "node:assert/strict";
import { it } from "node:test";
import type { Thread } from "../../src/core/thread.ts";
import { isCodexError } from "../../src/errors.ts";
import { createEngine } from "./engine.ts";
import { assertNothingLeft, watchRejections } from "./nothing_left.ts";
import { shellCli } from "./shell_cli.ts";

/** Runs a turn that is aborted after some time, unless it is over by then. */
async function runAndAbort(thread: Thread, afterMs: number): Promise<void> {
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(), afterMs);
  try {
    await thread.run("Go", { signal: controller.signal });
  } catch (error) {
    assert.ok(isCodexError(error, "aborted"), String(error));
  } finally {
    clearTimeout(timer);
  }
}

it("1,000 runs that are ended at random moments leave no process", async () => {
  const rejections = watchRejections();
  // It has a command of its own, which outlives it, and ends by itself after a tenth of a second.
  const cli = shellCli("begin; sleep 60 >/dev/null 2>&1 & sleep 0.1; finish; exit 0");
  const engine = createEngine({ codexPathOverride: cli.path });
  try {
    let left = 1_000;
    const work = async () => {
      while (left-- > 0) await runAndAbort(engine.codex.startThread(), Math.random() * 200);
    };
    await Promise.all(Array.from({ length: 20 }, work));
    await assertNothingLeft(engine);
    const { capture } = engine;
    assert.equal(capture.named("codex.thread.start").length, 1_000);
    const aborted = capture.named("codex.thread.exception").length;
    assert.ok(aborted > 100, `${aborted} were aborted`);
    assert.deepEqual(await rejections(), []);
  } finally {
    cli.cleanup();
  }
});
