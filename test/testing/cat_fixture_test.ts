import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, describe, it } from "node:test";
import { catFixture } from "../../src/testing/mod.ts";
import type { CatFixture } from "../../src/testing/mod.ts";

interface Ended {
  code: number | null;
  signal: string | null;
  stdout: string;
  stderr: string;
}

async function runProgram(
  path: string,
  options: { args?: string[]; input?: string; env?: Record<string, string>; killAfter?: string } =
    {},
): Promise<Ended> {
  const child = spawn(path, options.args ?? [], { env: options.env ?? { PATH: "/usr/bin:/bin" } });
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (chunk) => {
    stdout += String(chunk);
    if (options.killAfter && stdout.includes(options.killAfter)) child.kill("SIGTERM");
  });
  child.stderr.on("data", (chunk) => stderr += String(chunk));
  child.stdin.end(options.input ?? "");
  return await new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
}

describe("catFixture()", () => {
  const made: CatFixture[] = [];
  const keep = (fixture: CatFixture) => {
    made.push(fixture);
    return fixture;
  };
  after(() => made.forEach((fixture) => fixture.cleanup()));

  it("prints objects as JSON lines and text as it is", async () => {
    const tricky = 'it\'s "$HOME" `id` \\n %s \u00e9';
    const fixture = keep(catFixture([{ type: "a", text: tricky }, tricky]));
    const { code, stdout, stderr } = await runProgram(fixture.path);
    assert.deepEqual([code, stderr], [0, ""]);
    assert.equal(stdout, `${JSON.stringify({ type: "a", text: tricky })}\n${tricky}\n`);
  });

  it("prints a file that is given by its path", async () => {
    const folder = mkdtempSync(join(tmpdir(), "it's a folder "));
    const path = join(folder, "recorded $1.jsonl");
    writeFileSync(path, '{"type":"a"}\n');
    try {
      const { stdout } = await runProgram(keep(catFixture(path)).path);
      assert.equal(stdout, '{"type":"a"}\n');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("prints many megabytes unharmed", async () => {
    const line = { type: "item.completed", text: "x".repeat(1000) };
    const lines = 8000;
    const fixture = keep(catFixture(Array.from({ length: lines }, () => line)));
    const { stdout } = await runProgram(fixture.path);
    assert.equal(stdout.length, (JSON.stringify(line).length + 1) * lines);
  });

  it("prints nothing before its standard input has ended, and records each run", async () => {
    const fixture = keep(catFixture([{ type: "a" }]));
    assert.deepEqual(fixture.runs(), []);
    await runProgram(fixture.path, {
      args: ["exec", "--config", 'a="b c"', "", "x\ny"],
      input: "Hi\n",
    });
    await runProgram(fixture.path);
    assert.deepEqual(fixture.runs(), [
      { args: ["exec", "--config", 'a="b c"', "", "x\ny"], input: "Hi\n" },
      { args: [], input: "" },
    ]);
  });

  it("works in an empty environment", async () => {
    const { code, stdout } = await runProgram(keep(catFixture(["a"])).path, { env: {} });
    assert.deepEqual([code, stdout], [0, "a\n"]);
  });

  it("exits as it is told and writes to standard error", async () => {
    const fixture = keep(catFixture([], { exitCode: 9, stderr: "no 'such' thing\n" }));
    const { code, stdout, stderr } = await runProgram(fixture.path);
    assert.deepEqual([code, stdout, stderr], [9, "", "no 'such' thing\n"]);
  });

  it("dies by a signal in the middle of a line", async () => {
    const fixture = keep(catFixture(['{"type":'], { unterminated: true, signal: "KILL" }));
    const { signal, stdout } = await runProgram(fixture.path);
    assert.deepEqual([signal, stdout], ["SIGKILL", '{"type":']);
  });

  it("waits after its last line until it is terminated", async () => {
    const fixture = keep(catFixture(["first"], { lingerMs: 600_000 }));
    const { signal, stdout } = await runProgram(fixture.path, { killAfter: "first" });
    assert.deepEqual([signal, stdout], ["SIGTERM", "first\n"]);
  });

  it("removes everything, and may be cleaned up twice", () => {
    const fixture = catFixture(["a"]);
    assert.ok(existsSync(fixture.path));
    fixture.cleanup();
    fixture[Symbol.dispose]();
    assert.equal(existsSync(dirname(fixture.path)), false);
  });

  it("refuses what it cannot do, and leaves nothing behind", () => {
    assert.throws(() => catFixture("/nowhere/to/be found.jsonl"), {
      name: "TypeError",
      message: /"\/nowhere\/to\/be found\.jsonl"/,
    });
    assert.throws(() => catFixture([], { exitCode: 256 }), RangeError);
    assert.throws(() => catFixture([], { delayMs: -1 }), RangeError);
    assert.throws(() => catFixture([], { lingerMs: NaN }), RangeError);
    assert.throws(() => catFixture([], { signal: "0; id" as "KILL" }), TypeError);
  });
});
