/** Runs one benchmark in this process: its module exports `run(args)`. */
import process from "node:process";

const [name, ...args] = process.argv.slice(2);
const module = await import(`../bench/${name}.ts`) as { run(args: string[]): Promise<void> };
await module.run(args);
