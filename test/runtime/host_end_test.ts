import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import { loadRuntime } from "../../src/runtime/detect.ts";
import { runProgram } from "./running_runtime.ts";

/** How each way ends a program that starts no children: code and signal. */
const WAYS: Record<string, [number | null, string | null]> = {
  exit: [3, null],
  error: [1, null],
  SIGINT: [null, "SIGINT"],
  SIGTERM: [null, "SIGTERM"],
  handled: [5, null],
};

describe("the end of the host process", () => {
  const cases = Object.entries(WAYS).flatMap(([way, ending]) =>
    ["exec", "app-server"].map((transport) => ({ way, ending, transport }))
  );
  for (const { way, ending, transport } of cases) {
    it(`ends the CLI and its commands, and is as it would be without them: ${way}, ${transport}`, async () => {
      const folder = await mkdtemp(join(tmpdir(), "codex-otel-host-end-"));
      try {
        const { code, signal, stdout } = await runProgram("host_end_program.ts", [
          way,
          folder,
          transport,
        ]);
        assert.deepEqual([code, signal], ending);
        const pids = stdout.trim().split(" ").map(Number);
        assert.equal(pids.length, 2);
        assert.deepEqual(await untilGone(pids), []);
      } finally {
        await rm(folder, { recursive: true });
      }
    });
  }
});

/** Those of the processes that run on; the kernel may take a moment to end one that was killed. */
async function untilGone(pids: number[]): Promise<number[]> {
  const { processes } = await loadRuntime();
  let left = pids;
  for (let tries = 0; left.length > 0 && tries < 200; tries++) {
    const members = await Promise.all(left.map((pid) => processes.groupMembers(pid)));
    left = left.filter((pid, index) => members[index]!.some((member) => member.pid === pid));
    if (left.length > 0) await new Promise((resolve) => setTimeout(resolve, 25));
  }
  return left;
}
