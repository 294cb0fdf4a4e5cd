import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { companions } from "../../../scripts/dist/bundle.ts";
import type { ModuleGraph } from "../../../scripts/lib/module_graph.ts";

/** A graph from lists of imports; those that are called for begin with `?`. */
function graphOf(modules: Record<string, string[]>): ModuleGraph {
  return Object.fromEntries(
    Object.entries(modules).map(([path, imports]) => [path, {
      bytes: 1,
      imports: imports.map((text) => ({
        path: text.replace("?", ""),
        kind: text.startsWith("?") ? "dynamic-import" : "import-statement",
      })),
    }]),
  );
}

describe("companions()", () => {
  const graph = graphOf({
    "sdk.js": ["core.js", "errors.js", "own.js", "?turn.js", "?tls.js"],
    "otlp.js": ["errors.js", "send.js", "?tls.js"],
    "testing.js": ["names.js"],
    "core.js": ["names.js", "part.js"],
    "part.js": [],
    "errors.js": [],
    "names.js": [],
    "own.js": [],
    "send.js": [],
    "turn.js": ["part.js", "send.js"],
    "tls.js": ["errors.js", "send.js"],
  });
  const found = companions(graph, ["sdk.js", "otlp.js", "testing.js"]);
  const basics = ["errors.js", "names.js", "part.js"];

  it("gives every entry point what the first one shares with anything", () => {
    for (const entry of ["sdk.js", "otlp.js", "testing.js"]) {
      assert.deepEqual(found.get(entry), basics);
    }
  });

  it("gives a module on demand all that is loaded by then, whichever entry point led to it", () => {
    assert.deepEqual(found.get("turn.js"), basics);
    const otlpAlone = companions(graph, ["otlp.js"]);
    assert.deepEqual(otlpAlone.get("tls.js"), ["errors.js", "send.js"]);
  });

  it("gives it nothing that one of the entry points has not loaded", () => {
    assert.deepEqual(found.get("tls.js"), basics);
  });

  it("leaves what only the first entry point loads in its file", () => {
    const all = Array.from(found.values()).flat();
    assert.equal(all.some((module) => module === "own.js" || module === "core.js"), false);
  });
});
