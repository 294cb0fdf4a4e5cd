import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { findCli } from "../../src/core/cli_lookup.ts";
import { isCodexError } from "../../src/errors.ts";
import { type FakeMachine, fakeRuntime } from "./fake_runtime.ts";

const PACKAGES = {
  "@openai/codex": "/n/codex/package.json",
  "@openai/codex-linux-x64 from /n/codex": "/n/native/package.json",
};
const ROOT = "/n/native/vendor/x86_64-unknown-linux-musl";
const INSTALLED: FakeMachine = {
  packages: PACKAGES,
  files: { [`${ROOT}/bin/codex`]: "", [`${ROOT}/codex-path/rg`]: "", "/bin/codex": "" },
};

const find = (machine: FakeMachine, env: Record<string, string> = {}, codexPathOverride?: string) =>
  findCli(fakeRuntime(machine), {
    env,
    ...(codexPathOverride === undefined ? {} : { codexPathOverride }),
  });

async function triedBy(machine: FakeMachine, env: Record<string, string> = {}) {
  try {
    await find(machine, env);
  } catch (error) {
    assert.ok(isCodexError(error, "cli_not_found"), String(error));
    assert.ok(
      error.message.startsWith("Unable to locate Codex CLI binaries. Ensure @openai/codex"),
    );
    assert.ok(error.message.endsWith(error.details.tried.join("; ")), error.message);
    return error.details.tried;
  }
  assert.fail("a CLI was found");
}

describe("findCli()", () => {
  it("takes an explicit path as it is: the override first, then CODEX_PATH", async () => {
    const env = { CODEX_PATH: "/b", PATH: "/bin" };
    assert.deepEqual(await find(INSTALLED, env, "/a"), { command: "/a", pathDirectories: [] });
    assert.deepEqual(await find(INSTALLED, env), { command: "/b", pathDirectories: [] });
    assert.deepEqual(await find(INSTALLED, env, ""), { command: "/b", pathDirectories: [] });
  });

  it("prefers the native binary of the installed package, with its helpers", async () => {
    assert.deepEqual(await find(INSTALLED, { PATH: "/bin", CODEX_PATH: "" }), {
      command: `${ROOT}/bin/codex`,
      pathDirectories: [`${ROOT}/codex-path`],
    });
  });

  it("knows the layout of older packages, and does without helpers", async () => {
    const files = { [`${ROOT}/codex/codex`]: "", [`${ROOT}/path/rg`]: "" };
    assert.deepEqual(await find({ packages: PACKAGES, files }), {
      command: `${ROOT}/codex/codex`,
      pathDirectories: [`${ROOT}/path`],
    });
    assert.deepEqual(await find({ packages: PACKAGES, files: { [`${ROOT}/bin/codex`]: "" } }), {
      command: `${ROOT}/bin/codex`,
      pathDirectories: [],
    });
  });

  it("looks in the package of the platform", async () => {
    const table = [
      ["darwin", "arm64", "darwin-arm64", "aarch64-apple-darwin", "codex"],
      ["android", "arm64", "linux-arm64", "aarch64-unknown-linux-musl", "codex"],
      ["win32", "x64", "win32-x64", "x86_64-pc-windows-msvc", "codex.exe"],
    ] as const;
    for (const [platform, arch, suffix, triple, binary] of table) {
      const command = `/n/native/vendor/${triple}/bin/${binary}`;
      const found = await find({
        platform,
        arch,
        packages: {
          "@openai/codex": "/n/codex/package.json",
          [`@openai/codex-${suffix} from /n/codex`]: "/n/native/package.json",
        },
        files: { [command]: "" },
      });
      assert.equal(found.command, command);
    }
  });

  it("looks on PATH last, in its order", async () => {
    const files = { "/b/codex": "", "/c/codex": "" };
    assert.deepEqual(await find({ files }, { PATH: "/a::/b:/c" }), {
      command: "/b/codex",
      pathDirectories: [],
    });
    const windows = { platform: "win32", files: { "D:/codex.exe": "", "C:/codex.cmd": "" } };
    assert.equal((await find(windows, { Path: "C:;D:" })).command, "D:/codex.exe");
  });

  it("tells everything that was tried, in order", async () => {
    assert.deepEqual(await triedBy({}), ["package @openai/codex", "codex on PATH"]);
    assert.deepEqual(await triedBy({ packages: { "@openai/codex": "/n/codex/package.json" } }), [
      "package @openai/codex-linux-x64",
      "codex on PATH",
    ]);
    assert.deepEqual(await triedBy({ packages: PACKAGES }, { PATH: "/a" }), [
      `${ROOT}/bin/codex`,
      `${ROOT}/codex/codex`,
      "codex on PATH",
    ]);
    assert.deepEqual(await triedBy({ platform: "sunos", arch: "sparc" }), [
      "@openai/codex (no native package for sunos sparc)",
      "codex on PATH",
    ]);
    assert.deepEqual((await triedBy({ platform: "win32" })).at(-1), "codex.exe on PATH");
  });
});
