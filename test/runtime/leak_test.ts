import assert from "node:assert/strict";
import process from "node:process";
import { it } from "node:test";
import { shellCli } from "../core/shell_cli.ts";
import { runProgram } from "./running_runtime.ts";

// Open files are counted in /proc.
const isSkipped = process.platform !== "linux";

it("200 turns leave no file open, no listener, and no warning of too many", {
  skip: isSkipped,
}, async () => {
  const cli = shellCli("begin; finish");
  try {
    const { code, stdout, stderr } = await runProgram("leak_program.ts", [cli.path]);
    assert.deepEqual([code, stderr], [0, ""]);
    const { before, after, onSignal } = JSON.parse(stdout);
    assert.equal(onSignal, 0);
    assert.equal(after.listeners, before.listeners);
    assert.ok(
      after.files <= before.files,
      `${before.files} files were open, and then ${after.files}`,
    );
  } finally {
    cli.cleanup();
  }
});
