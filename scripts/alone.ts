/**
 * `npm run test:alone`: what a newcomer does first, in fresh clones of the last commit, on a PATH as
 * of a machine that has one runtime alone: Node and npm, or Deno.
 */
import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { type Check, runChecks } from "./check.ts";
import { formatTotals } from "./lib/junit.ts";
import { cleanEnvironment, linkPrograms, machinePrograms } from "./lib/machine.ts";
import { type Command, ROOT, runtimeProgram } from "./lib/project.ts";
import { mustRun, run } from "./lib/run.ts";

/** Some of every room. The whole suite takes minutes; under Node the other lanes run it. */
const PARTS = [
  "core/lines",
  "events/",
  "protocol/",
  "files/names",
  "otlp/pipeline",
  "telemetry/scenarios",
  "contract/spawn",
  "runtime/release",
  "testing/",
  "scripts/check",
  "real/turns",
];

const RUNTIME = /^(node|nodejs|npm|npx|corepack|yarn|pnpm|bunx?|deno|codex)$/;

/** What the demo prints when the agent's command has become a span of its turn. */
const SPAN_TREE = /─ invoke_agent codex .*\n.*─ execute_tool exec_command/;

const ALL_PASSED = /^[1-9]\d* passed, 0 failed$/m;

/** A clone, and the programs that are to be had there. */
interface Machine {
  name: string;
  clone: string;
  path: string;
}

async function createMachine(
  folder: string,
  { name, programs }: { name: string; programs: Record<string, string> },
): Promise<Machine> {
  const clone = join(folder, name, "clone");
  await mustRun({ command: "git", args: ["clone", "--quiet", ROOT, clone] });
  return { name, clone, path: linkPrograms(join(folder, name, "bin"), programs) };
}

function step({ name, clone, path }: Machine, { command, args }: Command, says: RegExp): Check {
  return {
    name: `${name} alone: ${[command, ...args].join(" ")}`,
    run: async () => {
      // Found on our PATH, a command would not be the machine's.
      const program = join(path, command);
      const { code, output } = await run({ command: program, args }, {
        cwd: clone,
        env: { PATH: path },
      });
      return { ok: code === 0 && says.test(output), output: `${output}\nended with ${code}` };
    },
  };
}

cleanEnvironment();
const folder = mkdtempSync(join(tmpdir(), "codex-otel-alone-"));
try {
  const all = machinePrograms();
  const common = Object.fromEntries(Object.entries(all).filter(([name]) => !RUNTIME.test(name)));
  const node = await createMachine(folder, {
    name: "node",
    programs: { ...common, node: process.execPath, npm: realpathSync(all["npm"]!) },
  });
  const deno = await createMachine(folder, {
    name: "deno",
    programs: { ...common, deno: realpathSync(runtimeProgram("deno")) },
  });
  const totals = await runChecks([
    step(node, { command: "npm", args: ["run", "demo"] }, SPAN_TREE),
    step(node, { command: "npm", args: ["test", "--", "core/lines", "real/turns"] }, ALL_PASSED),
    step(deno, { command: "deno", args: ["task", "demo"] }, SPAN_TREE),
    step(deno, { command: "deno", args: ["task", "check"] }, ALL_PASSED),
    step(deno, { command: "deno", args: ["task", "test", ...PARTS] }, ALL_PASSED),
  ]);
  console.log(formatTotals(totals));
  process.exitCode = totals.failed === 0 ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
