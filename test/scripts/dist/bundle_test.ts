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
    "sdk.js": ["core.js", "errors.js", "names.js", "own.js", "?turn.js", "?tls.js", "?exec.js"],
    "edge.js": ["core.js", "errors.js", "names.js", "?turn.js"],
    "otlp.js": ["errors.js", "?tls.js"],
    "testing.js": ["errors.js", "names.js"],
    "core.js": ["part.js"],
    "part.js": [],
    "errors.js": [],
    "names.js": [],
    "own.js": [],
    "turn.js": ["part.js"],
    "tls.js": ["errors.js"],
    "exec.js": ["own.js"],
  });
  const found = companions(graph, ["sdk.js", "edge.js", "otlp.js", "testing.js"]);

  it("gives an entry point the modules that all others but one load", () => {
    assert.deepEqual(found.get("otlp.js"), ["errors.js", "names.js"]);
  });

  it("gives a module on demand all that is loaded by then, whichever entry point led to it", () => {
    assert.deepEqual(found.get("turn.js"), ["core.js", "errors.js", "names.js", "part.js"]);
  });

  it("gives it nothing that one of the entry points has not loaded", () => {
    assert.deepEqual(found.get("tls.js"), ["errors.js", "names.js"]);
  });

  it("leaves what only one entry point loads in the file of that", () => {
    assert.equal(found.get("exec.js")?.includes("own.js"), false);
  });
});
