/** Packages that one command needs and the project does not: installed beside it, by a lockfile. */
import { cpSync, existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "./project.ts";
import { mustRun } from "./run.ts";

/**
 * Installs what `package.json` and `package-lock.json` in a folder of the project say, to
 * `.cache/NAME/`, unless it is there. Returns that folder.
 */
export async function installPinned(manifests: string, name: string): Promise<string> {
  const target = join(ROOT, ".cache", name);
  const lockfile = join(ROOT, manifests, "package-lock.json");
  const installed = join(target, "package-lock.json");
  const done = join(target, "node_modules/.package-lock.json");
  if (existsSync(done) && readFileSync(installed, "utf8") === readFileSync(lockfile, "utf8")) {
    return target;
  }
  mkdirSync(target, { recursive: true });
  for (const file of ["package.json", "package-lock.json"]) {
    cpSync(join(ROOT, manifests, file), join(target, file));
  }
  const args = ["ci", "--no-audit", "--no-fund", "--prefer-offline"];
  await mustRun({ command: "npm", args }, { cwd: target });
  return target;
}
