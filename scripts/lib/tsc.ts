/** Runs the TypeScript compiler. */
import { join } from "node:path";
import { currentRuntime, ROOT, runScript, runtimeProgram } from "./project.ts";
import type { Command } from "./project.ts";
import { type Finished, run } from "./run.ts";

/** Compiles, with the arguments of its command line. */
export function tsc(...args: string[]): Promise<Finished> {
  return run(tscCommand(args));
}

/** Under Deno there may be no Node to run the compiler's launcher. */
function tscCommand(args: string[]): Command {
  const launcher = join(ROOT, "node_modules/typescript/bin/tsc");
  if (currentRuntime() !== "deno") {
    return { command: runtimeProgram("node"), args: [launcher, ...args] };
  }
  const { command, args: start } = runScript("deno", launcher);
  return { command, args: [...start, ...args] };
}
