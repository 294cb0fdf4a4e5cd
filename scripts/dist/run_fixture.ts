/** Takes a fixture from its checked-in folder to spans at a collector. */
import assert from "node:assert/strict";
import { cpSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import process from "node:process";
import type { CheckResult } from "../check.ts";
import { type Command, ROOT } from "../lib/project.ts";
import { assertSpans, mutualTlsCollector, plainCollector } from "./collectors.ts";
import type { Fixture } from "./fixtures.ts";
import { exportSources, mustRun, type Workplace } from "./workplace.ts";

const FIXTURES_FOLDER = join(ROOT, "test/dist");

/** Installs, builds and runs a fixture. */
export async function runFixture(fixture: Fixture, workplace: Workplace): Promise<CheckResult> {
  const project = createProject(fixture, workplace.folder);
  await install(fixture, { project, workplace });
  try {
    for (const command of fixture.build) await mustRun(command, { cwd: project });
  } catch (error) {
    const skipped = skipReason(fixture, error);
    if (skipped) return { ok: true, output: "", skipped };
    throw error;
  }
  const folder = fixture.artefact ? ship(project, fixture.artefact) : project;
  for (const command of fixture.start) await start(command, { fixture, folder, workplace });
  return { ok: true, output: "" };
}

/** The checked-in files and the program, in a folder of their own. */
function createProject({ name, program, entryPoints }: Fixture, folder: string): string {
  const project = join(folder, name);
  cpSync(join(FIXTURES_FOLDER, name), project, { recursive: true });
  cpSync(join(FIXTURES_FOLDER, "programs/main.ts"), join(project, program));
  if (entryPoints) writeFileSync(join(project, entryPoints), entryPointsModule());
  return project;
}

function entryPointsModule(): string {
  const { name, exports } = JSON.parse(readFileSync(join(ROOT, "deno.json"), "utf8")) as {
    name: string;
    exports: Record<string, string>;
  };
  return Object.keys(exports)
    .map((path, index) => `export * as entry${index} from "${name}${path.slice(1)}";\n`)
    .join("");
}

async function install(
  { installer }: Fixture,
  { project, workplace }: { project: string; workplace: Workplace },
): Promise<void> {
  if (installer === "deno") return void await exportSources(workplace.folder);
  // The CLI is the one that is installed here already: it is large.
  const packages = [workplace.tarball, join(ROOT, "node_modules/@openai/codex")];
  const args = {
    npm: ["install", "--no-audit", "--no-fund", "--prefer-offline", ...packages],
    bun: ["add", ...packages],
  };
  await mustRun({ command: installer, args: args[installer] }, { cwd: project });
}

/** A program that was built is run without the project that it was built in. */
function ship(project: string, artefact: string): string {
  const folder = `${project}.shipped`;
  renameSync(join(project, artefact), folder);
  rmSync(project, { recursive: true });
  return folder;
}

async function start(
  command: Command,
  { fixture, folder, workplace }: { fixture: Fixture; folder: string; workplace: Workplace },
): Promise<void> {
  // Where there is no `node_modules` the CLI is found by the PATH.
  const bare = fixture.artefact !== undefined || fixture.installer === "deno";
  const folders = [...bare ? [workplace.cliFolder] : [], process.env["PATH"]];
  const settings = { PATH: folders.join(delimiter), OTEL_SERVICE_NAME: fixture.name };
  for (const open of [plainCollector, mutualTlsCollector]) {
    await using collector = await open();
    const env = { ...collector.env, ...settings };
    const output = await mustRun(command, { cwd: folder, env });
    try {
      assert.match(output, /All is well\.\n.*It is 42\./s);
      assertSpans(collector.spans, fixture.name);
    } catch (error) {
      throw new Error(`${command.args.join(" ")}, at ${collector.name}: ${error}\n${output}`);
    }
  }
}

function skipReason({ unavailable }: Fixture, error: unknown): string | undefined {
  return unavailable?.says.test(String(error)) ? unavailable.reason : undefined;
}
