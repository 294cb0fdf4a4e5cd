/**
 * `npm run test:collector`: a real OpenTelemetry Collector against the exporters under the three
 * runtimes. It is built first where there is none; a collector that cannot be had is a failure.
 */
import { execFileSync } from "node:child_process";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { reportLane, runLane } from "../lib/lanes.ts";
import { filesBelow, RUNTIMES } from "../lib/project.ts";
import { addTotals, formatTotals } from "../lib/junit.ts";

const BUILD = fileURLToPath(new URL("./build.ts", import.meta.url));

const args = ["--import", "tsx", BUILD];
process.env["OTELCOL_BIN"] = execFileSync("node", args, { encoding: "utf8" }).trim();
const files = filesBelow("test/collector", (path) => path.endsWith("_test.ts"));
const results = [];
for (const runtime of RUNTIMES) {
  console.log(`\n== ${runtime}: ${process.env["OTELCOL_BIN"]}`);
  results.push(await runLane(runtime, files));
}
for (const result of results) reportLane(result.lane, result);
const totals = addTotals(results);
console.log(formatTotals(totals));
process.exitCode = totals.failed === 0 && totals.skipped === 0 ? 0 : 1;
