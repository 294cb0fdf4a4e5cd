import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import process from "node:process";
import { describe, it } from "node:test";
import { shopThread, withShop } from "./app_server_shop.ts";

/** Resident memory of a process in kB, where the system tells. */
function memoryOf(pid: number): number | undefined {
  if (process.platform !== "linux") return undefined;
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]);
}

describe("the app-server's process", () => {
  it("does not grow with the threads it has served", { timeout: 240_000 }, async () => {
    await withShop(() => "Hello.", async ({ codex, folder, open, capture, registry }) => {
      let first: string | null = null;
      let settled: number | undefined;
      for (let n = 0; n < 200; n++) {
        const thread = codex.startThread(shopThread(folder));
        await thread.run("Go");
        first ??= thread.id;
        if (n === 99) settled = memoryOf(registry.list()[0]!.pid);
        assert.ok(open().threads <= 64, `${open().threads} threads`);
        capture.clear();
      }
      assert.deepEqual({ ...open(), threads: 0 }, { turns: 0, requests: 0, threads: 0 });
      // Without unloading it were 1.4 MB a thread.
      if (settled) assert.ok(memoryOf(registry.list()[0]!.pid)! < settled + 60_000);
      const resumed = await codex.resumeThread(first!, shopThread(folder)).run("Go on");
      assert.deepEqual([resumed.usage?.input_tokens, resumed.turnUsage?.input_tokens], [200, 100]);
    });
  });
});
