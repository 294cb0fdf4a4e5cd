/** Takes a fixture from its checked-in folder to a program that can be started. */
import { cpSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../lib/project.ts";
import { mustRun } from "../lib/run.ts";
import type { Fixture } from "./fixtures.ts";
import { exportSources, type Workplace } from "./workplace.ts";

const FIXTURES_FOLDER = join(ROOT, "test/dist");

/** Where a program is to be started, or why there is none. */
export type Built = { folder: string } | { skipped: string };

/** Installs the package in a copy of the project, and builds that. */
export async function buildFixture(fixture: Fixture, workplace: Workplace): Promise<Built> {
  const project = createProject(fixture, workplace.folder);
  await install(fixture, { project, workplace });
  try {
    for (const command of fixture.build) await mustRun(command, { cwd: project });
  } catch (error) {
    const { unavailable } = fixture;
    if (!unavailable?.says.test(String(error))) throw error;
    return { skipped: unavailable.reason };
  }
  return { folder: fixture.artefact ? ship(project, fixture.artefact) : project };
}

/** The checked-in files and the program, in a folder of their own. */
function createProject({ name, program, entryPoints }: Fixture, folder: string): string {
  const project = join(folder, name);
  cpSync(join(FIXTURES_FOLDER, name), project, { recursive: true });
  cpSync(join(FIXTURES_FOLDER, "programs", program.source), join(project, program.path));
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
