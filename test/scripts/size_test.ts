import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { edgeProgram, OURS } from "../../scripts/bench/sized_programs.ts";
import { bundledSize, loadedSize } from "../../scripts/lib/bundle_size.ts";
import { moduleGraph, reach } from "../../scripts/lib/module_graph.ts";
import { ROOT } from "../../scripts/lib/project.ts";

const KB = 1000;

/** A program is no larger than a bound, which it need not be far below. */
function within(bytes: number, kilobytes: number): void {
  assert.ok(bytes <= kilobytes * KB, `${bytes} bytes are more than ${kilobytes} KB`);
  assert.ok(
    bytes > kilobytes * KB * 0.8,
    `${bytes} bytes: the bound of ${kilobytes} KB can go down`,
  );
}

describe("minified and packed", () => {
  it("the exporter of traces takes 16 KB at most", async () => {
    within(await bundledSize(OURS["./otlp, traces"]!), 16);
  });

  it("what the edge loads for traces takes 36 KB at most", async () => {
    within(await loadedSize(edgeProgram(["traces"])), 36);
  });

  it("telemetry on the edge with all signals takes 48 KB at most", async () => {
    within(await bundledSize(OURS["./edge, telemetry"]!), 48);
  });

  it("with the conditions of Wrangler it takes 50 KB, and the exporter 22 KB", async () => {
    within(await bundledSize({ ...OURS["./edge, telemetry"]!, bundler: "wrangler" }), 50);
    within(await bundledSize({ ...OURS["./otlp, traces"]!, bundler: "wrangler" }), 22);
  });
});

describe("importing the package", () => {
  it("loads what a program needs that has telemetry off and has started no turn", async () => {
    const graph = await moduleGraph(ROOT, ["mod.ts"]);
    const loaded = [...reach(graph, "mod.ts")];
    assert.ok(loaded.length <= 48, `${loaded.length} modules`);
    const bytes = loaded.reduce((sum, path) => sum + graph[path]!.bytes, 0);
    assert.ok(bytes <= 158 * KB, `${bytes} bytes of source`);
    const onDemand = /^src\/(otlp\/.*(pipeline|exporter)|core\/exec|telemetry\/spans\/)/;
    assert.deepEqual(loaded.filter((path) => onDemand.test(path)), []);
    assert.deepEqual(loaded.flatMap((path) => graph[path]!.imports.filter(isOutside)), []);
  });
});

/** Whether an import leads out of the package at once. */
function isOutside({ kind, external }: { kind: string; external?: boolean }): boolean {
  return external === true && kind === "import-statement";
}
