import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { staleness } from "../../scripts/setup.mjs";
import { withFiles } from "./temp_project.ts";

const LOCK = JSON.stringify({
  packages: {
    "": { dependencies: { a: "^1" }, devDependencies: { b: "2" } },
    "node_modules/a": { version: "1.0.0" },
    "node_modules/b": { version: "2.0.0" },
    "node_modules/c": { version: "3.0.0" },
    "node_modules/for-another-platform": { version: "1.0.0", optional: true },
  },
});

const MANIFEST = JSON.stringify({ dependencies: { a: "^1" }, devDependencies: { b: "2.0.0" } });

const DENO_LOCK = JSON.stringify({
  specifiers: { "npm:a@^1": "1.0.0_peer@1.2.3", "npm:b@2.0.0": "2.0.0" },
});

const npmLock = (versions: Record<string, string>) =>
  JSON.stringify({
    packages: Object.fromEntries(
      Object.entries(versions).map(([name, version]) => [`node_modules/${name}`, { version }]),
    ),
  });

const manifest = (version: string) => JSON.stringify({ version });

describe("staleness()", () => {
  const check = (files: Record<string, string>) =>
    withFiles({
      "package-lock.json": LOCK,
      "package.json": MANIFEST,
      "deno.lock": DENO_LOCK,
      ...files,
    }, staleness);

  it("finds nothing after an install by npm, whatever is for other platforms", async () => {
    const installed = npmLock({ a: "1.0.0", b: "2.0.0", c: "3.0.0" });
    assert.deepEqual(await check({ "node_modules/.package-lock.json": installed }), []);
  });

  it("names what npm has installed in another version, or not at all", async () => {
    const installed = npmLock({ a: "1.0.1", b: "2.0.0", "for-another-platform": "0.9.0" });
    assert.deepEqual(await check({ "node_modules/.package-lock.json": installed }), [
      "node_modules/a",
      "node_modules/c",
      "node_modules/for-another-platform",
    ]);
  });

  it("looks at the direct dependencies after an install by Deno", async () => {
    const files = {
      "node_modules/a/package.json": manifest("1.0.0"),
      "node_modules/b/package.json": manifest("2.0.0"),
    };
    assert.deepEqual(await check(files), []);
    assert.deepEqual(await check({ ...files, "node_modules/b/package.json": manifest("1.9.0") }), [
      "node_modules/b",
    ]);
  });

  it("names everything in a fresh clone", async () => {
    assert.deepEqual(await check({}), ["node_modules/a", "node_modules/b"]);
  });
});
