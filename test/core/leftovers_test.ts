import assert from "node:assert/strict";
import { after, describe, it } from "node:test";
import { isCodexError } from "../../src/errors.ts";
import { createEngine, type Engine } from "./engine.ts";
import { assertNothingLeft, groupOf, watchRejections } from "./nothing_left.ts";
import { shellCli } from "./shell_cli.ts";

describe("what a CLI leaves", () => {
  const rejections = watchRejections();
  after(async () => assert.deepEqual(await rejections(), []));

  async function withCli(script: string, use: (engine: Engine) => Promise<void>): Promise<void> {
    const cli = shellCli(script);
    const engine = createEngine({ codexPathOverride: cli.path });
    try {
      await use(engine);
      await assertNothingLeft(engine);
    } finally {
      cli.cleanup();
    }
  }

  it("does not hold up the turn when it holds the output, and is ended", async () => {
    await withCli("begin; sleep 60 & finish; exit 0", async ({ codex, capture }) => {
      const { usage } = await codex.startThread().run("Go");
      assert.equal(usage?.input_tokens, 1);
      const [stop] = capture.named("codex.process.stop");
      assert.deepEqual([stop?.metadata.exit_code, stop?.metadata.stopped_by], [0, undefined]);
    });
  });

  it("does not hold up a turn that is left, either", async () => {
    await withCli("begin; sleep 60 & finish; exit 0", async ({ codex }) => {
      const { events } = await codex.startThread().runStreamed("Go");
      for await (const event of events) {
        if (event.type === "turn.completed") break;
      }
    });
  });

  it("does not hold up the turn when it writes to the output for ever", async () => {
    const chatter = `while :; do say '{"type":"chatter"}'; sleep 0.2; done & echo $! > $here/pid`;
    await withCli(`begin; ${chatter}; finish; exit 0`, async ({ codex }) => {
      const { events } = await codex.startThread().runStreamed("Go");
      const types: string[] = [];
      for await (const { type } of events) types.push(type);
      assert.ok(types.includes("turn.completed"), types.join());
    });
  });

  it("is ended after the CLI failed", async () => {
    await withCli("begin; sleep 60 & exit 9", async ({ codex, capture }) => {
      await assert.rejects(
        codex.startThread().run("Go"),
        (error) => isCodexError(error, "exec_failed") && error.details.exitCode === 9,
      );
      const [start] = capture.named("codex.process.start");
      assert.deepEqual(await groupOf(start!.metadata.pid), []);
    });
  });

  it("is no failure of a turn that was told in full, when it has to be ended by force", async () => {
    await withCli(
      "begin; finish; exec >/dev/null 2>&1; wait_for_ever",
      async ({ codex, capture }) => {
        const { events } = await codex.startThread().runStreamed("Go");
        for await (const event of events) {
          if (event.type === "turn.completed") break;
        }
        const [stop] = capture.named("codex.thread.stop");
        assert.equal(stop?.metadata.result, "ok");
        assert.equal(capture.named("codex.process.stop")[0]?.metadata.stopped_by, "SIGINT");
      },
    );
  });
});
