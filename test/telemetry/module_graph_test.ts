import assert from "node:assert/strict";
import { it } from "node:test";
import { runProgram } from "../runtime/running_runtime.ts";

it("the package loads nothing of OpenTelemetry before configure() enables something", async () => {
  const { code, stdout, stderr } = await runProgram("../telemetry/module_graph_program.ts");
  assert.equal(code, 0, stderr);
  const { before, after } = JSON.parse(stdout);
  assert.deepEqual(before, []);
  assert.ok(after.includes("sdk-trace"), "the check sees what is loaded");
  assert.equal(after.includes("sdk-metrics"), false, "metrics are off");
  assert.equal(after.includes("sdk-logs"), false, "logs are off");
});
