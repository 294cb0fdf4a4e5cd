import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { leaks } from "../../../scripts/dist/declarations.ts";
import { completeManifest } from "../../../scripts/dist/manifest.ts";
import { misplaced } from "../../../scripts/dist/tarball.ts";

describe("completeManifest()", () => {
  const packed = {
    name: "@codex-otel/sdk",
    version: "0.1.0",
    exports: { ".": { types: "./mod.d.ts", default: "./mod.js" } },
    dependencies: { a: "^1.0.0" },
  };
  const project = {
    name: "@codex-otel/sdk",
    version: "0.1.0",
    private: true,
    description: "A package.",
    license: "MIT",
    engines: { node: ">=20" },
    sideEffects: false,
    exports: { ".": "./mod.ts" },
    dependencies: { a: "1.0.0", b: "^2.0.0" },
    devDependencies: { c: "3.0.0" },
  };

  it("keeps what leads to the packed files, and takes the rest from the project", () => {
    assert.deepEqual(completeManifest(packed, project), {
      name: "@codex-otel/sdk",
      version: "0.1.0",
      description: "A package.",
      license: "MIT",
      engines: { node: ">=20" },
      sideEffects: false,
      exports: { ...packed.exports, "./package.json": "./package.json" },
      dependencies: { a: "1.0.0", b: "^2.0.0" },
    });
  });
});

describe("leaks()", () => {
  const cases: [text: string, found: string[]][] = [
    ['import type { Stats } from "node:fs";', ['from "node:fs"']],
    ['export type A = import("node:http").Server;', ['import("node:http"']],
    ['import { Agent } from "undici";', ['from "undici"']],
    ['/// <reference types="node" />\nexport {};', ['/// <reference types="node" />']],
    ["export declare const child: Deno.ChildProcess;", ["Deno.ChildProcess"]],
    ["export declare function read(): Buffer | NodeJS.Signals;", ["Buffer", "NodeJS.Signals"]],
    ["export declare const bytes: ArrayBuffer;", []],
    ['/** import { mkdtemp } from "node:fs/promises"; returns a Buffer */\nexport {};', []],
    ['export * from "./bun.js"; // not Bun.file', []],
    ['export * from "@opentelemetry/api";', []],
  ];
  for (const [text, found] of cases) {
    it(`finds ${found.length === 0 ? "nothing" : found.join(" and ")} in ${text.replace("\n", " ")}`, () => {
      assert.deepEqual(leaks(text), found);
    });
  }
});

describe("misplaced()", () => {
  const complete = ["package.json", "README.md", "LICENSE", "CHANGELOG.md", "mod.js", "mod.d.ts"];

  it("wants code, declarations and documents", () => {
    assert.deepEqual(misplaced([...complete, "src/a/b.js", "src/a/b.d.ts", "docs/c.md"]), []);
  });

  it("names what is missing, and sources, tests and scripts", () => {
    const [, ...incomplete] = complete;
    const foreign = ["mod.ts", "src/a.ts", "test/a.js", "scripts/b.js", "deno.json"];
    assert.deepEqual(misplaced([...incomplete, ...foreign]), [
      "there is no package.json",
      ...foreign.map((path) => `${path} does not belong there`),
    ]);
  });
});
