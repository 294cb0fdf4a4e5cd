import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { ProcessReference } from "../../src/core/ports.ts";
import { loadRuntime } from "../../src/runtime/detect.ts";
import { reply, scriptedModel } from "../../src/testing/mod.ts";
import { runProgram } from "../runtime/running_runtime.ts";

const { processes } = await loadRuntime();

/** Kills a program in the middle of a command of the agent, and waits until the CLI is gone. */
async function killHost(transport: string, command: string) {
  const model = await scriptedModel([reply.command(command), "Done."]);
  let family: ProcessReference[] = [];
  try {
    const args = [transport, JSON.stringify(model.codexOptions())];
    const { signal, stdout, stderr } = await runProgram("killed_host_program.ts", args);
    assert.deepEqual([signal, stderr], ["SIGKILL", ""]);
    const pid = Number(stdout);
    assert.ok(pid > 0, stdout);
    // It may be gone by now.
    const cli = await processes.find(pid);
    family = [...cli ? [cli] : [], ...await processes.descendants(pid)];
    for (let triesLeft = 600; (await processes.alive(family)).length > 0; triesLeft--) {
      assert.ok(triesLeft > 0, "it lived for 30 s");
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    return model.requests.length;
  } finally {
    for (const one of await processes.alive(family)) processes.signal(one, "SIGKILL");
    await model.close();
  }
}

describe("the real CLI whose host was killed", () => {
  it("ends with its commands at once, as an app-server: its input has ended", async () => {
    assert.equal(await killHost("app-server", "sleep 300"), 1);
  });

  it("ends when it next has something to say, by exec: when its command is over", async () => {
    assert.equal(await killHost("exec", "sleep 3"), 1);
  });
});
