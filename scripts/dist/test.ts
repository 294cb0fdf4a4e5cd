/**
 * `npm run test:dist [-- PART_OF_A_NAME ...]`: packs the package and tests the tarball from the
 * outside: what is in it, what the linters of packages say, and the projects of `test/dist/`, each
 * of which installs it as a new user would.
 */
import { join } from "node:path";
import process from "node:process";
import { type Check, runChecks } from "../check.ts";
import { formatTotals } from "../lib/junit.ts";
import { mustRun } from "../lib/run.ts";
import { FIXTURES, WORKER } from "./fixtures.ts";
import { runFixture } from "./run_fixture.ts";
import { runWorker } from "./run_worker.ts";
import { startChecks } from "./start.ts";
import { tarballChecks } from "./tarball.ts";
import { toolChecks } from "./tools.ts";
import { openWorkplace } from "./workplace.ts";

const wanted = process.argv.slice(2);
using workplace = await openWorkplace();
await mustRun({ command: "tar", args: ["-xzf", workplace.tarball] }, { cwd: workplace.folder });
const unpacked = join(workplace.folder, "package");
const checks: Check[] = [
  ...tarballChecks(unpacked),
  ...startChecks(unpacked),
  ...toolChecks(workplace.tarball),
  ...FIXTURES.map((fixture) => ({
    name: fixture.name,
    run: () => runFixture(fixture, workplace),
  })),
  { name: WORKER.name, run: () => runWorker(workplace) },
].filter(({ name }) => wanted.length === 0 || wanted.some((part) => name.includes(part)));
const totals = await runChecks(checks);
console.log(formatTotals(totals));
process.exitCode = totals.failed === 0 && totals.passed > 0 ? 0 : 1;
