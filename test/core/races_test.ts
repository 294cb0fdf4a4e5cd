import assert from "node:assert/strict";
import { after, describe, it } from "node:test";
import { isCodexError } from "../../src/errors.ts";
import { shellServer } from "./app_server/shell_server.ts";
import { createEngine, type Engine } from "./engine.ts";
import { assertNothingLeft, watchRejections } from "./nothing_left.ts";
import { shellCli } from "./shell_cli.ts";

const SCRIPTS = {
  exec: "begin; finish",
  "app-server": shellServer({ turn: "turn_end completed", interrupt: "turn_end interrupted" }),
};

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

for (const transport of ["exec", "app-server"] as const) {
  describe(`a turn over ${transport} that ends in two ways at once`, () => {
    const cli = shellCli(SCRIPTS[transport]);
    const rejections = watchRejections();
    after(async () => {
      assert.deepEqual(await rejections(), []);
      cli.cleanup();
    });

    async function withEngine(use: (engine: Engine) => Promise<void>): Promise<void> {
      const engine = createEngine({ codexPathOverride: cli.path, transport });
      try {
        await use(engine);
      } finally {
        await engine.codex.close();
      }
      await assertNothingLeft(engine, { processOutlivesTurn: transport === "app-server" });
    }

    it("is closed at any moment of its start: it fails with closed or is done, and leaves nothing", async () => {
      const outcomes = new Set<string>();
      const closeAfter = (ms: number) =>
        withEngine(async ({ codex }) => {
          const run = codex.startThread().run("Go").then(
            () => "done",
            (error: unknown) => isCodexError(error) ? error.code : String(error),
          );
          if (ms > 0) await pause(ms);
          await codex.close();
          outcomes.add(await run);
        });
      for (let batch = 0; batch < 5; batch++) {
        await Promise.all(Array.from({ length: 8 }, (_, index) => closeAfter(index * 4)));
      }
      await closeAfter(2_000);
      assert.deepEqual([...outcomes].sort(), ["closed", "done"]);
    });

    for (const name of ["codex.process.stop", "codex.thread.token_usage.updated"] as const) {
      it(`is aborted, twice, in the same tick as ${name}, and after its end: it settles once`, async () => {
        await withEngine(async ({ codex, bus, capture }) => {
          const controller = new AbortController();
          bus.attach("abort", name, () => {
            controller.abort("late");
            controller.abort("later");
          });
          const [result] = await Promise.allSettled([
            codex.startThread().run("Go", { signal: controller.signal }),
          ]);
          if (result.status === "rejected") assert.ok(isCodexError(result.reason, "aborted"));
          controller.abort("after the end");
          const ends = capture.names.filter((end) => /^codex\.thread\.(stop|exception)$/.test(end));
          assert.equal(ends.length, 1);
        });
      });
    }
  });
}
