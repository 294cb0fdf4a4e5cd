import assert from "node:assert/strict";
import { join } from "node:path";
import { describe, it } from "node:test";
import { judge, laneCommand } from "../../scripts/lib/lanes.ts";
import { readReport } from "../../scripts/lib/junit.ts";
import { currentRuntime } from "../../scripts/lib/project.ts";
import { run } from "../../scripts/lib/run.ts";
import { planTests, selectFiles, suiteFiles } from "../../scripts/test.ts";
import { readFileSync } from "node:fs";
import { withFiles } from "./temp_project.ts";

const SUITE = `
import { describe, it } from "node:test";
import assert from "node:assert/strict";
describe("outer", () => {
  it("passes", () => {});
  it("fails", () => assert.equal(1, 2));
  it.skip("is skipped", () => {});
});
`;

describe("a lane", () => {
  it("counts what its runtime reports", async () => {
    await withFiles({ "a_test.ts": SUITE }, async (folder) => {
      const report = join(folder, "report.xml");
      const command = laneCommand(currentRuntime(), { files: ["a_test.ts"], report });
      // The folder has no dependencies, and the suite is plain JavaScript for all that matters here.
      const args = command.args.filter((arg) => arg !== "--import=tsx");
      const { code } = currentRuntime() === "node"
        ? await run({
          ...command,
          args: command.args.map((arg) => arg === "a_test.ts" ? join(folder, arg) : arg),
        })
        : await run({ ...command, args }, { cwd: folder });
      assert.notEqual(code, 0);
      const { totals, failures } = readReport(readFileSync(report, "utf8"));
      assert.deepEqual(totals, { passed: 1, failed: 1, skipped: 1 });
      assert.equal(failures.length, 1);
      assert.match(failures[0]!, /fails: /);
    });
  });

  it("fails when it ran nothing", () => {
    const result = judge("bun", {
      code: 0,
      totals: { passed: 0, failed: 0, skipped: 3 },
      failures: [],
    });
    assert.deepEqual([result.failed, result.trouble], [1, "ran no test"]);
  });

  it("fails when its runtime did, though no test failed", () => {
    const totals = { passed: 5, failed: 0, skipped: 0 };
    assert.equal(judge("deno", { code: 1, totals, failures: [] }).failed, 1);
    assert.equal(judge("deno", { code: null, totals, failures: [] }).failed, 1);
    assert.equal(judge("deno", { code: 0, totals, failures: [] }).failed, 0);
    assert.equal(
      judge("deno", { code: 1, totals: { ...totals, failed: 2 }, failures: ["a"] }).failed,
      2,
    );
  });
});

describe("planTests()", () => {
  it("runs all lanes and the checks by default", () => {
    assert.deepEqual(planTests([]), {
      lanes: ["node", "bun", "deno", "edge"],
      named: false,
      check: true,
      filters: [],
    });
  });

  it("leaves out the checks when asked for certain files", () => {
    const plan = planTests(["--lane", "bun", "--lane=deno", "core/lines"]);
    assert.deepEqual(plan, {
      lanes: ["bun", "deno"],
      named: true,
      check: false,
      filters: ["core/lines"],
    });
  });

  it("refuses a lane and an option that it does not know", () => {
    assert.throws(() => planTests(["--lane", "rhino"]), /not rhino/);
    assert.throws(() => planTests(["--fast"]), /--fast/);
  });
});

describe("selectFiles()", () => {
  const files = ["test/core/lines_test.ts", "test/collector/a_test.ts", "test/otlp/lines_test.ts"];

  it("leaves out the folder that has a command of its own", () => {
    assert.deepEqual(selectFiles(files, []), [files[0], files[2]]);
  });

  it("takes parts of paths", () => {
    assert.deepEqual(selectFiles(files, ["./test/core/lines_test.ts"]), [files[0]]);
    assert.deepEqual(selectFiles(files, ["lines"]), [files[0], files[2]]);
    assert.deepEqual(selectFiles(files, ["nothing"]), []);
  });
});

describe("suiteFiles()", () => {
  it("has the tests of the edge in a lane of their own", () => {
    const isEdge = (file: string) => file.startsWith("test/edge/");
    const edge = suiteFiles("edge", []);
    assert.ok(edge.includes("test/edge/turn_test.ts"));
    assert.ok(edge.every(isEdge));
    for (const lane of ["node", "bun", "deno"] as const) {
      const files = suiteFiles(lane, []);
      assert.ok(files.length > edge.length);
      assert.equal(files.some(isEdge), false);
    }
  });
});
