import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { childEnv } from "../../src/core/child_env.ts";

const ORIGINATOR = "CODEX_INTERNAL_ORIGINATOR_OVERRIDE";

describe("childEnv()", () => {
  const plain = { pathDirectories: [], platform: "linux" };

  it("names this package, unless the environment names somebody", () => {
    assert.deepEqual(childEnv({ ...plain, base: {} }), { [ORIGINATOR]: "codex_otel_ts" });
    assert.deepEqual(childEnv({ ...plain, base: { [ORIGINATOR]: "me" } }), { [ORIGINATOR]: "me" });
    assert.deepEqual(childEnv({ ...plain, base: { [ORIGINATOR]: "" } }), {
      [ORIGINATOR]: "codex_otel_ts",
    });
  });

  it("hands over an API key, which wins over the environment's", () => {
    const base = { CODEX_API_KEY: "old", A: "1" };
    assert.equal(childEnv({ ...plain, base, apiKey: "new" })["CODEX_API_KEY"], "new");
    assert.equal(childEnv({ ...plain, base, apiKey: "" })["CODEX_API_KEY"], "old");
    assert.deepEqual(base, { CODEX_API_KEY: "old", A: "1" });
  });

  it("puts the CLI's own folders first on PATH, in every platform's spelling", () => {
    const table: [string, Record<string, string>, Record<string, string>][] = [
      ["linux", { PATH: "/a:/b" }, { PATH: "/c1:/c2:/a:/b" }],
      ["linux", { PATH: "/a::/c2:" }, { PATH: "/c1:/c2:/a" }],
      ["linux", {}, { PATH: "/c1:/c2" }],
      ["linux", { Path: "/x" }, { Path: "/x", PATH: "/c1:/c2" }],
      ["win32", { Path: "A;B" }, { Path: "/c1;/c2;A;B" }],
      ["win32", { PATH: "A", Path: "B" }, { Path: "/c1;/c2;B" }],
      ["win32", { path: "A", PATH: "B" }, { PATH: "/c1;/c2;B" }],
      ["win32", { path: "A" }, { path: "/c1;/c2;A" }],
      ["win32", {}, { PATH: "/c1;/c2" }],
    ];
    for (const [platform, base, expected] of table) {
      const env = childEnv({ base, pathDirectories: ["/c1", "/c2"], platform });
      delete env[ORIGINATOR];
      assert.deepEqual(env, expected, `${platform} ${JSON.stringify(base)}`);
    }
  });

  it("leaves PATH alone when the CLI has no folders of its own", () => {
    const base = { PATH: "/a::/b", Path: "x" };
    assert.deepEqual(childEnv({ base, pathDirectories: [], platform: "win32" }), {
      ...base,
      [ORIGINATOR]: "codex_otel_ts",
    });
  });
});
