import assert from "node:assert/strict";
import process from "node:process";
import { after, before, describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { shellServer } from "../core/app_server/shell_server.ts";
import { shellCli } from "../core/shell_cli.ts";
import { currentRuntime } from "../../scripts/lib/project.ts";
import { type BundledProgram, bundleProgram } from "./bundled_program.ts";
import { programCommand, runProgram } from "./running_runtime.ts";

/** Nothing that an agent prints takes more, in any runtime. */
const MAX_OWN_MB = 150;

let program: BundledProgram;

interface Figures<R> {
  result: R;
  fileMb: number;
  idleMb: number;
  peakMb: number;
}

/** Runs a turn of a CLI in a program of its own, and gives its memory in MiB. */
async function measure<R = number>(way: string, script: string, transport = "exec") {
  const cli = shellCli(script);
  try {
    const { code, signal, stdout, stderr } = await runProgram(program.path, [
      way,
      cli.path,
      transport,
    ]);
    assert.deepEqual([code, signal, stderr], [0, null, ""]);
    const figures = JSON.parse(stdout) as Figures<R>;
    const { fileMb, idleMb, peakMb } = figures;
    // All but the pages of files that were mapped from the start: those of the runtime itself, which
    // its processes share, and which cost no memory that the system could not have back.
    const ownMb = peakMb - fileMb;
    assert.ok(ownMb < MAX_OWN_MB, `${ownMb} MiB of its own`);
    return { ...figures, grownMb: peakMb - idleMb };
  } finally {
    cli.cleanup();
  }
}

/** Prints so many letters. */
const letters = (count: number) => `head -c ${count} /dev/zero | tr '\\0' x`;

// The peak of a program's memory is read from /proc.
describe("a turn with a lot of output", { skip: process.platform !== "linux" }, () => {
  before(async () => {
    program = await bundleProgram("bounds_program.ts");
    // Deno compiles a program when it first runs, and keeps that: it takes 30 MB that once.
    await measure("readAll", `cat >/dev/null; echo '{"type":"x"}'`);
  });
  after(() => program.cleanup());

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
  const MAX_GROWN_MB = 135;
  // With what is mapped of the runtime's program.
  const MAX_PEAK_MB = { node: 190, bun: 165, deno: 180 };

  const ITEMS = {
    readTexts: '"agent_message","text"',
    // With spans that are made of it, and handlers that hear of it.
    readTextsWatched: '"command_execution","command":"x","exit_code":0,"aggregated_output"',
  };
  for (const [way, item] of Object.entries(ITEMS)) {
    it(`may be one line of 100 MB, of which one copy is held: ${way}`, async () => {
      const start = `{"type":"item.completed","item":{"id":"1","type":${item}:"`;
      const { result, grownMb, peakMb } = await measure(
        way,
        `cat >/dev/null; printf %s '${start}'; ${letters(100_000_000)}; echo '"}}'`,
      );
      assert.equal(result, 100_000_000);
      assert.ok(grownMb < MAX_GROWN_MB, `grown by ${grownMb} MiB`);
      assert.ok(peakMb < MAX_PEAK_MB[currentRuntime()], `peak of ${peakMb} MiB`);
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
    assert.ok(grownMb < 60, `grown by ${grownMb} MiB`);
  });

  it("may be of 200 MB on standard error, of which the end is kept", async () => {
    const { result, grownMb } = await measure<unknown>(
      "readFailure",
      `cat >/dev/null; ${letters(200_000_000)} >&2; echo end >&2; exit 3`,
    );
    const stderr = `${"x".repeat(8 * 1024 - 4)}end\n`;
    const details = { exitCode: 3, signal: null, stderr };
    assert.deepEqual(result, { code: "exec_failed", details });
    assert.ok(grownMb < 80, `grown by ${grownMb} MiB`);
  });
});
