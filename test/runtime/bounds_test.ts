import assert from "node:assert/strict";
import process from "node:process";
import { describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { shellServer } from "../core/app_server/shell_server.ts";
import { shellCli } from "../core/shell_cli.ts";
import { programCommand, runProgram } from "./running_runtime.ts";

/** Runs a turn of a CLI in a program of its own, and gives its memory in MiB. */
async function measure<R = number>(way: string, script: string, transport = "exec") {
  const cli = shellCli(script);
  try {
    const { code, signal, stdout, stderr } = await runProgram("bounds_program.ts", [
      way,
      cli.path,
      transport,
    ]);
    assert.deepEqual([code, signal, stderr], [0, null, ""]);
    const figures = JSON.parse(stdout) as { result: R; idleMb: number; peakMb: number };
    return { ...figures, grownMb: figures.peakMb - figures.idleMb };
  } finally {
    cli.cleanup();
  }
}

/** Prints so many letters. */
const letters = (count: number) => `head -c ${count} /dev/zero | tr '\\0' x`;

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

  // The text itself is 95 MiB of it: this leaves room for garbage, and none for a second copy.
  const MAX_GROWN_MB = 150;

  const ITEMS = {
    readTexts: '"agent_message","text"',
    // With spans that are made of it, and handlers that hear of it.
    readTextsWatched: '"command_execution","command":"x","exit_code":0,"aggregated_output"',
  };
  for (const [way, item] of Object.entries(ITEMS)) {
    it(`may be one line of 100 MB, of which one copy is held: ${way}`, async () => {
      const start = `{"type":"item.completed","item":{"id":"1","type":${item}:"`;
      const { result, grownMb } = await measure(
        way,
        `cat >/dev/null; printf %s '${start}'; ${letters(100_000_000)}; echo '"}}'`,
      );
      assert.equal(result, 100_000_000);
      assert.ok(grownMb < MAX_GROWN_MB, `grown by ${grownMb} MiB`);
    });
  }

  it("may be one message of 60 MB of the app-server, of which one copy is held", async () => {
    const start = '{"method":"item/completed","params":{"threadId":"t1","turnId":"u1","item":' +
      '{"type":"agentMessage","id":"m","text":"';
    const turn = `printf %s '${start}'; ${letters(60_000_000)}; say '"}}}'; turn_end completed`;
    const { result, grownMb } = await measure("readTexts", shellServer({ turn }), "app-server");
    assert.equal(result, 60_000_000);
    assert.ok(grownMb < 90, `grown by ${grownMb} MiB`);
  });

  it("ends with line_too_long where a line never ends, and holds nothing of it", async () => {
    const { result, grownMb } = await measure<unknown>(
      "readFailure",
      "cat >/dev/null; tr '\\0' x </dev/zero",
    );
    const maxBytes = 256 * 1024 * 1024;
    assert.deepEqual(result, { code: "line_too_long", details: { line: 1, maxBytes } });
    assert.ok(grownMb < 110, `grown by ${grownMb} MiB`);
  });

  it("may be of 200 MB on standard error, of which the end is kept", async () => {
    const { result, grownMb } = await measure<unknown>(
      "readFailure",
      `cat >/dev/null; ${letters(200_000_000)} >&2; echo end >&2; exit 3`,
    );
    const stderr = `${"x".repeat(8 * 1024 - 4)}end\n`;
    const details = { exitCode: 3, signal: null, stderr };
    assert.deepEqual(result, { code: "exec_failed", details });
    assert.ok(grownMb < 110, `grown by ${grownMb} MiB`);
  });
});
