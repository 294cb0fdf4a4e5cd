import assert from "node:assert/strict";
import { statSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { afterEach, beforeEach, describe, it } from "node:test";
import { runtime } from "./helpers.ts";

const { files } = runtime;
const modeOf = (path: string) => statSync(path).mode & 0o777;

describe("the files of a runtime", () => {
  let folder = "";
  beforeEach(async () => {
    folder = await files.makeTempDirectory("codex-otel-contract-");
  });
  afterEach(() => files.remove(folder));

  it("makes temporary folders and files that only this user can read", async () => {
    const path = files.join(folder, "schema.json");
    await files.writeTextFile(path, "é\n");
    assert.deepEqual([modeOf(folder), modeOf(path)], [0o700, 0o600]);
    assert.equal(await files.readTextFile(path), "é\n");
    const other = await files.makeTempDirectory("codex-otel-contract-");
    await files.remove(other);
    assert.notEqual(other, folder);
  });

  it("tells files, folders and nothing apart", async () => {
    const path = files.join(folder, "file");
    const missing = files.join(folder, "missing");
    await files.writeTextFile(path, "");
    const told = async (tell: (path: string) => Promise<boolean>) =>
      await Promise.all([path, folder, missing].map(tell));
    assert.deepEqual(await told(files.isFile), [true, false, false]);
    assert.deepEqual(await told(files.isDirectory), [false, true, false]);
  });

  it("reads the end of a file", async () => {
    const path = files.join(folder, "long");
    writeFileSync(path, `${"x".repeat(100_000)}é end`);
    assert.equal(await files.readTextTail(path, 4), " end");
    assert.equal(await files.readTextTail(path, 5), "\ufffd end");
    assert.equal((await files.readTextTail(path, 1_000_000)).length, 100_005);
    writeFileSync(path, "");
    assert.equal(await files.readTextTail(path, 4), "");
    await assert.rejects(files.readTextTail(files.join(folder, "missing"), 4));
  });

  it("lists a folder", async () => {
    await files.writeTextFile(files.join(folder, "a"), "");
    assert.deepEqual(await files.readDirectory(folder), ["a"]);
    await assert.rejects(files.readDirectory(files.join(folder, "missing")));
  });

  it("removes a full folder, and what is not there", async () => {
    await files.writeTextFile(files.join(folder, "a"), "");
    await files.remove(folder);
    await files.remove(folder);
    assert.equal(await files.isDirectory(folder), false);
  });

  it("joins and splits paths", () => {
    assert.equal(files.join("/a", "b", "../c"), "/a/c");
    assert.equal(files.dirname("/a/b/package.json"), "/a/b");
  });
});

describe("what a runtime tells of its machine", () => {
  it("tells its name, platform and architecture", () => {
    const { Deno, Bun } = globalThis as { Deno?: unknown; Bun?: unknown };
    assert.equal(runtime.name, Deno ? "deno" : Bun ? "bun" : "node");
    assert.deepEqual([runtime.platform, runtime.arch], [process.platform, process.arch]);
    assert.equal(runtime.homeDirectory(), homedir());
  });

  it("gives a copy of the environment", () => {
    const env = runtime.env();
    assert.equal(env["PATH"], process.env["PATH"]);
    env["CODEX_OTEL_CONTRACT_TEST"] = "changed";
    assert.equal(process.env["CODEX_OTEL_CONTRACT_TEST"], undefined);
  });

  it("finds installed packages, from here and from another package", async () => {
    const codex = runtime.resolvePackage("@openai/codex");
    assert.match(codex ?? "", /@openai[\\/]codex[\\/]package\.json$/);
    const inner = runtime.resolvePackage("@openai/codex", files.dirname(codex ?? ""));
    assert.equal(inner, codex);
    assert.equal(runtime.resolvePackage("codex-otel-no-such-package"), undefined);
    const folder = await files.makeTempDirectory("codex-otel-contract-");
    assert.equal(runtime.resolvePackage("@openai/codex", folder), undefined);
    await files.remove(folder);
  });
});
