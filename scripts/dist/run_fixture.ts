/** Runs what a fixture has built, and looks at what arrives at a collector. */
import assert from "node:assert/strict";
import { delimiter } from "node:path";
import process from "node:process";
import type { CheckResult } from "../check.ts";
import type { Command } from "../lib/project.ts";
import { mustRun, run } from "../lib/run.ts";
import { buildFixture } from "./build_fixture.ts";
import { assertSpans, type Collector, mutualTlsCollector, plainCollector } from "./collectors.ts";
import type { Fixture } from "./fixtures.ts";
import type { Workplace } from "./workplace.ts";

/** Installs, builds and runs a fixture. */
export async function runFixture(fixture: Fixture, workplace: Workplace): Promise<CheckResult> {
  const built = await buildFixture(fixture, workplace);
  if ("skipped" in built) return { ok: true, output: "", skipped: built.skipped };
  // Where there is no `node_modules` the CLI is found by the PATH.
  const isBare = fixture.artefact !== undefined || fixture.installer === "deno";
  const folders = [...isBare ? [workplace.cliFolder] : [], process.env["PATH"]];
  const env = { PATH: folders.join(delimiter), OTEL_SERVICE_NAME: fixture.name };
  for (const command of fixture.start) {
    for (const open of [plainCollector, mutualTlsCollector]) {
      await using collector = await open();
      await runProgram(command, { cwd: built.folder, env, collector });
    }
  }
  if (fixture.refused) await expectRefusal(fixture.refused, { cwd: built.folder, env });
  return { ok: true, output: "" };
}

async function expectRefusal(
  { command, says }: NonNullable<Fixture["refused"]>,
  options: { cwd: string; env: Record<string, string> },
): Promise<void> {
  await using collector = await plainCollector();
  const env = { ...options.env, ...collector.env };
  const { code, output } = await run(command, { ...options, env });
  assert.match(output, says);
  assert.notEqual(code, 0);
}

async function runProgram(
  command: Command,
  options: { cwd: string; env: Record<string, string>; collector: Collector },
): Promise<void> {
  const { cwd, collector } = options;
  const env = { ...options.env, ...collector.env };
  const output = await mustRun(command, { cwd, env });
  try {
    assert.match(output, /All is well\.\n.*It is 42\./s);
    assertSpans(collector.receiver.spans, env["OTEL_SERVICE_NAME"]!);
  } catch (error) {
    throw new Error(`${command.args.join(" ")}, at ${collector.name}: ${error}\n${output}`);
  }
}
