/**
 * Builds the pages of the API as a registry does: by `deno doc --html`, from a copy of what is
 * published, where no `tsconfig.json` brings in the types of the runtimes.
 */
import { cpSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { entryPoints, ROOT, runtimeProgram } from "./lib/project.ts";
import { run } from "./lib/run.ts";

/** Builds the pages of some entry points, and removes them; a warning is a failure. */
export async function buildApiPages(
  { root = ROOT, entries = entryPoints() }: { root?: string; entries?: readonly string[] } = {},
): Promise<{ ok: boolean; output: string }> {
  const folder = mkdtempSync(join(tmpdir(), "codex-otel-api-"));
  try {
    for (const part of ["mod.ts", "src", "deno.json"]) {
      cpSync(join(root, part), join(folder, part), { recursive: true });
    }
    symlinkSync(join(ROOT, "node_modules"), join(folder, "node_modules"));
    const { code, output } = await run({
      command: runtimeProgram("deno"),
      args: ["doc", "--html", "--name=@codex-otel/sdk", "--output=pages", ...entries],
    }, { cwd: folder });
    return { ok: code === 0 && !/warning/i.test(output), output };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
