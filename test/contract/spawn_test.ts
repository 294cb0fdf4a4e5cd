import assert from "node:assert/strict";
import { chmodSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, afterEach, describe, it } from "node:test";
import { isCodexError } from "../../src/errors.ts";
import { endAll, readAll, readText, settlesWithin, start, startShell } from "./helpers.ts";

const MIB = 1024 * 1024;

function pseudoRandomBytes(length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  let state = 1;
  for (let index = 0; index < length; index++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    bytes[index] = state >>> 24;
  }
  return bytes;
}

describe("Runtime.spawn()", () => {
  const folder = mkdtempSync(join(tmpdir(), "codex-otel-contract-"));
  const program = (name: string, text: string, mode = 0o755) => {
    const path = join(folder, name);
    writeFileSync(path, text);
    chmodSync(path, mode);
    return path;
  };
  afterEach(endAll);
  after(() => rmSync(folder, { recursive: true }));

  it("hands over what is written and gives back what is printed, byte for byte", async () => {
    const child = await start("cat");
    const sent = pseudoRandomBytes(3 * MIB);
    const received = readAll(child.stdout);
    for (let offset = 0; offset < sent.length; offset += 50_000) {
      await child.stdin.write(sent.subarray(offset, offset + 50_000));
    }
    await child.stdin.close();
    assert.equal(Buffer.compare(await received, sent), 0);
    assert.deepEqual(await child.exited, { code: 0, signal: null });
  });

  it("gives many megabytes of output whole", async () => {
    const child = await startShell("head -c 33554432 /dev/zero; printf end");
    const output = await readAll(child.stdout);
    assert.equal(output.length, 33_554_432 + 3);
    assert.equal(new TextDecoder().decode(output.subarray(-3)), "end");
  });

  it("passes arguments unharmed", async () => {
    const args = ["", " ", "a b", "it's", '"$HOME"', "x\ny", "*", "\\", "--flag=é€😀"];
    const child = await start("/bin/sh", ["-c", 'printf "%s\\0" "$@"', "sh", ...args]);
    const output = await readText(child.stdout);
    assert.deepEqual(output.split("\0").slice(0, -1), args);
  });

  it("replaces the environment and inherits nothing", async () => {
    process.env["CODEX_OTEL_CONTRACT_TEST"] = "inherited";
    try {
      const child = await start("/usr/bin/env", [], { env: { A: "1", B: "x=y\nz", C: "" } });
      assert.deepEqual((await readText(child.stdout)).split("\n").sort().slice(1), [
        "A=1",
        "B=x=y",
        "C=",
        "z",
      ]);
    } finally {
      delete process.env["CODEX_OTEL_CONTRACT_TEST"];
    }
  });

  it("finds a bare name on the PATH of the given environment", async () => {
    program("only-here", "#!/bin/sh\necho found\n");
    const child = await start("only-here", [], { env: { PATH: `${folder}:/usr/bin:/bin` } });
    assert.equal(await readText(child.stdout), "found\n");
  });

  it("starts in the given folder", async () => {
    const child = await start("/bin/pwd", [], { cwd: folder });
    assert.equal((await readText(child.stdout)).trim(), realpathSync(folder));
  });

  it("keeps standard error apart and tells the exit code", async () => {
    const child = await startShell("echo out; echo err >&2; exit 7");
    const [stdout, stderr] = await Promise.all([readText(child.stdout), readText(child.stderr)]);
    assert.deepEqual([stdout, stderr], ["out\n", "err\n"]);
    assert.deepEqual(await child.exited, { code: 7, signal: null });
  });

  it("tells the signal that ended a child", async () => {
    const child = await startShell("kill -TERM $$; sleep 60");
    assert.deepEqual(await child.exited, { code: null, signal: "SIGTERM" });
  });

  it("makes a write wait while the child does not read, and settles it when the child ends", async () => {
    const child = await start("sleep", ["60"]);
    const piece = new Uint8Array(256 * 1024);
    let waiting: Promise<void> | undefined;
    for (let written = 0; !waiting; written += piece.length) {
      assert.ok(written < 16 * MIB, "16 MiB were taken by a child that reads nothing");
      const write = child.stdin.write(piece);
      write.catch(() => {});
      if (!await settlesWithin(write, 300)) waiting = write;
    }
    child.signalGroup("SIGKILL");
    await child.exited;
    child.release();
    assert.ok(await settlesWithin(waiting, 10_000), "the write never settled");
  });

  it("rejects a write to a child that has closed its input, and closes without complaint", async () => {
    const child = await startShell("exec <&-; echo closed; exec sleep 60");
    const { value } = await child.stdout[Symbol.asyncIterator]().next();
    assert.equal(new TextDecoder().decode(value), "closed\n");
    await assert.rejects(async () => {
      for (let piece = 0; piece < 100; piece++) await child.stdin.write(new Uint8Array(65_536));
    });
    await child.stdin.close();
    await child.stdin.close();
  });

  it("reports a program that is not there", async () => {
    const missing = join(folder, "missing");
    for (const command of [missing, "codex-otel-no-such-program"]) {
      await assert.rejects(start(command), (error) => {
        assert.ok(isCodexError(error, "cli_not_found"), String(error));
        assert.deepEqual(error.details, { tried: [command] });
        assert.ok(error.message.startsWith(`spawn ${command} ENOENT`), error.message);
        return true;
      });
    }
  });

  it("reports a program that cannot be started", async () => {
    const cases = [
      [program("plain", "#!/bin/sh\n", 0o644), "EACCES"],
      [folder, "EACCES"],
      [program("no-interpreter", "#!/no/such/interpreter\n"), "ENOENT"],
    ] as const;
    for (const [command, reason] of cases) {
      await assert.rejects(start(command), (error) => {
        assert.ok(isCodexError(error, "spawn_failed"), String(error));
        assert.deepEqual(error.details, { command, reason });
        assert.equal(error.message, `spawn ${command} ${reason}`);
        return true;
      });
    }
  });

  it("reports arguments that no program can be given, without showing them", async () => {
    await assert.rejects(start("/bin/echo", ["secret\0text"]), (error) => {
      assert.ok(isCodexError(error, "spawn_failed"), String(error));
      assert.doesNotMatch(error.message, /secret/);
      return true;
    });
  });

  it("starts many at once", async () => {
    const outputs = Array.from({ length: 20 }, async (_, index) => {
      const child = await startShell(`echo ${index}`);
      const output = await readText(child.stdout);
      await child.exited;
      return Number(output);
    });
    assert.deepEqual(await Promise.all(outputs), outputs.map((_, index) => index));
  });
});
