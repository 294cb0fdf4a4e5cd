import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { ROOT } from "../../scripts/lib/project.ts";

interface Locked {
  optionalDependencies?: Record<string, string>;
}

describe("package-lock.json", () => {
  it("has the builds of every package for all platforms, without which npm ci refuses it", () => {
    const text = readFileSync(join(ROOT, "package-lock.json"), "utf8");
    const { packages } = JSON.parse(text) as { packages: Record<string, Locked> };
    const missing = Object.entries(packages).flatMap(([path, { optionalDependencies = {} }]) =>
      Object.keys(optionalDependencies)
        .filter((name) => !(`node_modules/${name}` in packages))
        .filter((name) => !(`${path}/node_modules/${name}` in packages))
    );
    assert.deepEqual(missing, []);
  });
});
