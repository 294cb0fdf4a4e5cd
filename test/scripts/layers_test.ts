import assert from "node:assert/strict";
import { join } from "node:path";
import { describe, it } from "node:test";
import { ROOT, runtimeProgram } from "../../scripts/lib/project.ts";
import { run } from "../../scripts/lib/run.ts";
import { judgeImport, roomOf } from "../../scripts/lint/layers.ts";
import { withFiles } from "./temp_project.ts";

describe("roomOf()", () => {
  const cases: [string, string | undefined][] = [
    ["src/core/lines.ts", "core"],
    ["src/core/exec/argv.ts", "core"],
    ["test/otlp/mod.ts", undefined],
    ["test/src/core/a.ts", undefined],
    ["src/otlp/mod.ts", "wiring"],
    ["src/errors.ts", "errors"],
    ["src/sdk.ts", "wiring"],
    ["src/edge.ts", "edge"],
    ["src/edge_sdk.ts", "edge"],
    ["mod.ts", "wiring"],
    ["scripts/check.ts", undefined],
  ];
  for (const [path, room] of cases) {
    it(`places ${path} in ${room}`, () => assert.equal(roomOf(path), room));
  }
});

describe("judgeImport()", () => {
  const allowed: [string, string][] = [
    ["src/core/thread.ts", "../events/bus.ts"],
    ["src/core/exec/run.ts", "../lines.ts"],
    ["src/core/thread.ts", "../errors.ts"],
    ["src/core/tool.ts", "@cfworker/json-schema"],
    ["src/runtime/node.ts", "node:fs"],
    ["src/telemetry/spans.ts", "@opentelemetry/api"],
    ["src/telemetry/spans.ts", "../otlp/exporters.ts"],
    ["src/otlp/mod.ts", "../runtime/otlp_platform.ts"],
    ["mod.ts", "./src/telemetry/mod.ts"],
    ["mod.ts", "./src/sdk.ts"],
    ["src/edge.ts", "./edge_sdk.ts"],
    ["src/edge_sdk.ts", "./core/codex.ts"],
    ["test/core/lines_test.ts", "node:test"],
  ];
  for (const [file, specifier] of allowed) {
    it(`lets ${file} import ${specifier}`, () => {
      assert.equal(judgeImport(file, specifier), undefined);
    });
  }

  const refused: [string, string, RegExp][] = [
    ["src/core/thread.ts", "../telemetry/spans.ts", /core must not import from telemetry/],
    ["src/core/thread.ts", "../runtime/node.ts", /core must not import from runtime/],
    ["src/otlp/outbox.ts", "../events/bus.ts", /otlp must not import from events/],
    ["src/protocol/items.ts", "../core/lines.ts", /protocol must not import from core/],
    ["src/telemetry/spans.ts", "../core/thread.ts", /telemetry must not import from core/],
    ["src/core/thread.ts", "node:fs", /core must not import node:fs/],
    ["src/core/thread.ts", "@opentelemetry/api", /core must not import @opentelemetry/],
    ["src/errors.ts", "./core/ports.ts", /errors must not import from core/],
    ["src/core/thread.ts", "../../test/helpers.ts", /outside of the package/],
    ["src/edge.ts", "./runtime/detect.ts", /edge must not import from runtime/],
    ["src/edge.ts", "./sdk.ts", /edge must not import from wiring/],
    ["src/edge.ts", "./files/files.ts", /edge must not import from files/],
    ["src/edge.ts", "node:buffer", /edge must not import node:buffer/],
    ["mod.ts", "./src/testing/mod.ts", /wiring must not import from testing/],
    ["src/attic/a.ts", "../errors.ts", /no place in the table/],
  ];
  for (const [file, specifier, message] of refused) {
    it(`keeps ${file} from importing ${specifier}`, () => {
      assert.match(judgeImport(file, specifier) ?? "", message);
    });
  }
});

describe("the lint plugin for layers", () => {
  const config = JSON.stringify({
    lint: {
      plugins: [join(ROOT, "scripts/lint/layers.ts")],
      rules: { tags: [], include: ["layers/imports", "layers/runtime-names"] },
    },
  });
  const lint = (source: string) =>
    withFiles({ "deno.json": config, "src/core/a.ts": source }, async (folder) => {
      const args = ["lint", "--config", join(folder, "deno.json"), folder];
      const { code, output } = await run({ command: runtimeProgram("deno"), args }, {
        cwd: folder,
      });
      return { code, problems: output.match(/^error\[.*$/gm) ?? [], output };
    });

  it("passes what only looks like a breach", async () => {
    const { code, output } = await lint(`
      // process, Buffer and node:fs in a comment
      import { a } from "../errors.ts";
      /** Deno */
      export const text: string = "process" + a + \`import("node:fs")\`;
      export interface Ended { process?: string }
      export const ended: Ended = { process: "x" };
      export const name: string | undefined = ended.process;
      export function stop(process: string, { Bun }: { Bun: string }): string {
        return process + Bun;
      }
    `);
    assert.deepEqual([code, output.match(/^error.*/gm)], [0, null]);
  });

  const breaches: [string, string][] = [
    ["an import", 'import "node:fs";'],
    ["a type import", 'import type { A } from "../telemetry/a.ts"; export type B = A;'],
    ["a re-export", 'export * from "../runtime/node.ts";'],
    ["a named re-export", 'export { a } from "../otlp/a.ts";'],
    ["a dynamic import", 'export const a = (): unknown => import("node:fs");'],
    ["an import type", 'export type A = import("node:http").Server;'],
    ["a global", "export const pid: number = process.pid;"],
    ["a global that is tested for", 'export const d: boolean = typeof Deno !== "undefined";'],
    ["a shorthand", "export const o: unknown = { Buffer };"],
    ["a member of globalThis", "export const b: unknown = globalThis.Bun;"],
    ["a computed member of globalThis", 'export const b: unknown = globalThis["Bun"];'],
  ];
  for (const [what, source] of breaches) {
    it(`reports ${what} once`, async () => {
      const { code, problems, output } = await lint(source);
      assert.notEqual(code, 0);
      assert.equal(problems.length, 1, output);
    });
  }
});
