/** What the linters of npm packages say of the tarball. */
import { join } from "node:path";
import type { Check, CheckResult } from "../check.ts";
import { installPinned } from "../lib/pinned.ts";
import { run } from "../lib/run.ts";

/** The checks by `publint` and `@arethetypeswrong/cli`. */
export function toolChecks(tarball: string): Check[] {
  return [
    { name: "publint", run: () => runTool("publint", [tarball, "--strict"]) },
    {
      name: "are the types wrong",
      // The package is ESM; CommonJS programs `import()` it, or `require()` it in newer Node.
      run: () => runTool("attw", [tarball, "--profile", "esm-only"]),
    },
  ];
}

async function runTool(name: string, args: string[]): Promise<CheckResult> {
  const folder = await installPinned("test/dist/tools", "dist_tools");
  const command = join(folder, "node_modules/.bin", name);
  const { code, output } = await run({ command, args });
  return { ok: code === 0, output };
}
