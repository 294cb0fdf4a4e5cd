import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { isCodexError } from "../../src/errors.ts";
import type { CommandExecutionItem } from "../../src/protocol/items.ts";
import { reply } from "../../src/testing/mod.ts";
import { assertNothingLeft } from "../core/nothing_left.ts";
import { threadOptions, withWorkshop } from "./workshop.ts";

const PATCH = "*** Begin Patch\n*** Add File: patched.txt\n+patched\n*** End Patch";

describe("the real CLI by the exec transport", () => {
  it("runs a command, patches a file, and answers", async () => {
    const script = [reply.command("echo written | tee file.txt"), reply.patch(PATCH), "Done."];
    await withWorkshop(script, async (workshop) => {
      const { thread, folder, capture, model } = workshop;
      const turn = await thread.run("Do it");
      assert.equal(turn.finalResponse, "Done.");
      assert.equal(turn.threadId, thread.id);
      assert.equal(readFileSync(join(folder, "file.txt"), "utf8"), "written\n");
      assert.equal(readFileSync(join(folder, "patched.txt"), "utf8"), "patched\n");
      assert.deepEqual(turn.items.map(({ type }) => type), [
        "command_execution",
        "file_change",
        "agent_message",
      ]);
      const [command] = turn.items as [CommandExecutionItem];
      assert.deepEqual([command.aggregated_output, command.exit_code], ["written\n", 0]);
      assert.deepEqual(capture.named("codex.tool.success").map(({ metadata }) => metadata.tool), [
        "exec_command",
        "apply_patch",
      ]);
      const [stop] = capture.named("codex.thread.stop");
      assert.deepEqual([stop?.metadata.result, stop?.metadata.output], ["ok", "Done."]);
      assert.equal(stop?.metadata.usage?.input_tokens, 300);
      assert.deepEqual(model.problems, []);
      await assertNothingLeft(workshop);
    });
  });

  it("tells usage that is cumulative over the thread, from which the turn's own is worked out", async () => {
    await withWorkshop(["One.", "Two.", "Three.", "Four."], async (workshop) => {
      const { thread, folder, another, capture } = workshop;
      const totals: (number | undefined)[] = [];
      for (const prompt of ["1", "2", "3"]) {
        const { usage, turnUsage } = await thread.run(prompt);
        totals.push(usage?.input_tokens);
        assert.deepEqual([turnUsage?.input_tokens, turnUsage?.output_tokens], [100, 10]);
      }
      assert.deepEqual(totals, [100, 200, 300]);
      const updates = capture.named("codex.thread.token_usage.updated");
      assert.deepEqual(updates.map(({ metadata }) => metadata.delta?.input_tokens), [
        100,
        100,
        100,
      ]);

      const resumed = another().codex.resumeThread(thread.id!, threadOptions(folder));
      const { usage, turnUsage, finalResponse, threadId } = await resumed.run("4");
      assert.deepEqual([finalResponse, threadId], ["Four.", thread.id]);
      assert.deepEqual([usage?.input_tokens, turnUsage?.input_tokens], [400, 100]);
    });
  });

  it("fails to resume a thread that it has no record of, and tells no usage", async () => {
    await withWorkshop(["One.", "Two."], async ({ thread, folder, another }) => {
      await thread.run("1");
      const { codex, capture } = another();
      const unknown = codex.resumeThread(
        "0199a213-81c0-7800-8aa1-bbab2a035a53",
        threadOptions(folder),
      );
      const failed = await unknown.run("2").catch((error: unknown) => error);
      assert.ok(isCodexError(failed), String(failed));
      assert.equal(capture.named("codex.thread.exception")[0]?.metadata.usage, undefined);
    });
  });

  it("answers by a schema", async () => {
    await withWorkshop([reply.message('{"ok":true}')], async ({ thread, model }) => {
      const outputSchema = {
        type: "object",
        properties: { ok: { type: "boolean" } },
        required: ["ok"],
        additionalProperties: false,
      };
      const { finalResponse } = await thread.run("Go", { outputSchema });
      assert.deepEqual(JSON.parse(finalResponse), { ok: true });
      assert.match(JSON.stringify(model.requests[0]?.body["text"]), /json_schema/);
    });
  });

  it("fails in the model's words when the model fails", async () => {
    await withWorkshop([reply.failure("the model broke")], async (workshop) => {
      await assert.rejects(workshop.thread.run("Go"), (error) => {
        assert.ok(isCodexError(error, "turn_failed"));
        assert.match(error.message, /the model broke/);
        return true;
      });
      await assertNothingLeft(workshop);
    });
  });
});
