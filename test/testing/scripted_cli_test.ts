import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import { Codex } from "../../mod.ts";
import type { Turn } from "../../mod.ts";
import { reply, scriptedModel } from "../../src/testing/mod.ts";
import type { ModelScript } from "../../src/testing/mod.ts";

/** One turn of the real CLI in a folder of its own. */
async function runTurn(
  script: ModelScript,
  check: (turn: Turn, facts: { folder: string; problems: string[] }) => void = () => {},
): Promise<void> {
  const model = await scriptedModel(script);
  const folder = mkdtempSync(join(tmpdir(), "codex-otel-scripted-"));
  try {
    const thread = new Codex(model.codexOptions()).startThread({
      workingDirectory: folder,
      skipGitRepoCheck: true,
      sandboxMode: "danger-full-access",
    });
    check(await thread.run("Go on"), { folder, problems: model.problems });
  } finally {
    await model.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

describe("scriptedModel() with the real CLI", () => {
  it("has it answer, without a warning, with the usage of the script", async () => {
    const usage = {
      input_tokens: 121,
      cached_input_tokens: 20,
      cache_write_input_tokens: 3,
      output_tokens: 12,
      reasoning_output_tokens: 4,
    };
    await runTurn([reply.message("Hello", { usage })], (turn) => {
      assert.equal(turn.finalResponse, "Hello");
      assert.deepEqual(turn.items.map(({ type }) => type), ["agent_message"]);
      assert.deepEqual(turn.usage, usage);
    });
  });

  it("has it run a command, whose output is the command's alone", async () => {
    await runTurn([reply.command("echo one; exit 3"), "Done"], (turn) => {
      const [command] = turn.items;
      assert.ok(command?.type === "command_execution");
      assert.deepEqual([command.aggregated_output, command.exit_code], ["one\n", 3]);
    });
  });

  it("has it apply a patch", async () => {
    const patch = "*** Begin Patch\n*** Add File: it's.txt\n+$HOME `x`\n*** End Patch";
    await runTurn([reply.patch(patch), "Done"], (turn, { folder }) => {
      assert.equal(turn.items[0]?.type, "file_change");
      assert.equal(readFileSync(join(folder, "it's.txt"), "utf8"), "$HOME `x`\n");
    });
  });

  it("shows the CLI's tools to a script that is a function", async () => {
    const script: ModelScript = ({ body }) =>
      (body.tools as { name?: string }[]).map(({ name }) => name).join(" ");
    await runTurn(script, (turn) => assert.match(turn.finalResponse, /\bexec_command\b/));
  });

  const failures: [string, ModelScript, RegExp][] = [
    ["a failure of the model", [reply.failure("the model broke")], /the model broke/],
    ["an HTTP status", [reply.http(429, { body: "slow down" })], /429/],
    ["a connection cut off", [reply.cut("half")], /stream disconnected/],
    [
      "a script that has run out",
      [reply.command("true")],
      /request 2 came, but the script ends after 1/,
    ],
  ];
  for (const [what, script, message] of failures) {
    it(`fails the turn, at once, by ${what}`, async () => {
      await assert.rejects(runTurn(script), message);
    });
  }
});
