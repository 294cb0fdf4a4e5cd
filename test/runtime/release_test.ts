import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { runProgram } from "./running_runtime.ts";

describe("a child that was released", () => {
  it("does not keep its host alive, though a grandchild holds all its pipes", async () => {
    const { code, signal, stdout, stderr } = await runProgram("host_program.ts");
    const sleeper = Number(stdout);
    if (sleeper > 0) process.kill(sleeper, "SIGKILL");
    assert.deepEqual([code, signal, stderr], [0, null, ""]);
  });
});
