import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { checkExports, compareManifests } from "../../scripts/check_exports.ts";
import type { Manifests } from "../../scripts/check_exports.ts";

function manifests(): Manifests {
  const common = { name: "@a/b", version: "1.2.3", license: "MIT" };
  return {
    deno: { ...common, exports: { ".": "./mod.ts" }, imports: { "@x/y": "npm:@x/y@^1" } },
    npm: { ...common, exports: { ".": "./mod.ts" }, dependencies: { "@x/y": "^1" } },
    versionSource: 'export const VERSION: string = "1.2.3";',
    hasFile: () => true,
  };
}

describe("compareManifests()", () => {
  it("finds nothing where all agree", () => {
    assert.deepEqual(compareManifests(manifests()), []);
  });

  const changes: [string, (all: Manifests) => void, RegExp][] = [
    ["another version", ({ npm }) => npm.version = "1.2.4", /^version: 1\.2\.3 .* 1\.2\.4$/],
    ["another name", ({ deno }) => deno.name = "@a/c", /^name/],
    ["another licence", ({ npm }) => npm.license = "ISC", /^license/],
    ["another version in the source", (all) => all.versionSource = 'VERSION = "2"', /version\.ts/],
    [
      "an export on one side",
      ({ deno }) => deno.exports["./c"] = "./c.ts",
      /\.\/c .*nothing in package/,
    ],
    [
      "an export elsewhere",
      ({ npm }) => npm.exports["."] = "./m.ts",
      /\. is \.\/mod\.ts .* \.\/m\.ts/,
    ],
    ["another range", ({ npm }) => npm.dependencies["@x/y"] = "^2", /@x\/y is \^1 .* \^2/],
    ["a missing import", ({ deno }) => delete deno.imports["@x/y"], /@x\/y is nothing/],
    ["an export of no file", (all) => all.hasFile = () => false, /there is no \.\/mod\.ts/],
  ];
  for (const [what, change, message] of changes) {
    it(`names ${what}`, () => {
      const all = manifests();
      change(all);
      const problems = compareManifests(all);
      assert.equal(problems.length, 1);
      assert.match(problems[0] ?? "", message);
    });
  }
});

describe("checkExports()", () => {
  it("finds the project's own manifests in step", () => {
    assert.deepEqual(checkExports(), []);
  });
});
