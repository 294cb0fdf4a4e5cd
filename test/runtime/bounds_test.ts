import assert from "node:assert/strict";
import process from "node:process";
import { describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { shellCli } from "../core/shell_cli.ts";
import { programCommand, runProgram } from "./running_runtime.ts";

/** Runs a turn of a CLI in a program of its own; `peakMb` is all that the program ever had. */
async function measure(way: string, script: string) {
  const cli = shellCli(script);
  try {
    const { code, signal, stdout, stderr } = await runProgram("bounds_program.ts", [way, cli.path]);
    assert.deepEqual([code, signal, stderr], [0, null, ""]);
    const { result, peakMb } = JSON.parse(stdout) as { result: number; peakMb: number };
    return { result, peakMb };
  } finally {
    cli.cleanup();
  }
}

// The peak of a program's memory is read from /proc.
describe("a turn with a lot of output", { skip: process.platform !== "linux" }, () => {
  it("holds the CLI up while its consumer is slow, and keeps little in memory", async () => {
    const flood = fileURLToPath(new URL("flood_program.mjs", import.meta.url));
    const command = programCommand(flood).map((part) => `'${part}'`).join(" ");
    const { result: pieces, peakMb } = await measure(
      "readSlowly",
      `cat >/dev/null; exec ${command} "$here/written"`,
    );
    assert.ok(pieces > 0 && pieces <= 4 * 16, `the CLI could write ${pieces} times 64 KiB`);
    assert.ok(peakMb < 150, `peak of ${peakMb} MB`);
  });

  it("is read with the memory of a short one: a million lines", async () => {
    const line = '{"type":"item.updated","item":{"id":"1","type":"agent_message","text":"hello"}}';
    const { result, peakMb } = await measure(
      "readAll",
      `cat >/dev/null; yes '${line}' | head -n 1000000`,
    );
    assert.equal(result, 1_000_000);
    assert.ok(peakMb < 150, `peak of ${peakMb} MB`);
  });

  it("may be one line of 100 MB, which takes a few times its size", async () => {
    const start = '{"type":"item.completed","item":{"id":"1","type":"agent_message","text":"';
    const { result, peakMb } = await measure(
      "readMessage",
      `cat >/dev/null; printf %s '${start}'; head -c 100000000 /dev/zero | tr '\\0' x; echo '"}}'`,
    );
    assert.equal(result, 100_000_000);
    assert.ok(peakMb < 700, `peak of ${peakMb} MB`);
  });
});
