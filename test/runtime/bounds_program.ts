/**
 * Runs a turn with a lot of output, and prints what came of it and the peak of this process's memory
 * as JSON. Usage: bounds_program WAY CLI
 */
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import process from "node:process";
import { Codex } from "../../mod.ts";

const [way, cli] = process.argv.slice(2) as [string, string];
const peakMb = () =>
  Number(/VmHWM:\s+(\d+)/.exec(readFileSync("/proc/self/status", "utf8"))?.[1]) / 1024;
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Reads an event every 50 ms, ten of them, tells how many dots the CLI has written by then, and leaves. */
async function readSlowly(): Promise<unknown> {
  for (let count = 0; count < 10; count++) {
    await events.next();
    await pause(50);
  }
  const dots = readFileSync(join(dirname(cli), "written")).length;
  await events.return(undefined);
  return dots;
}

/** Reads everything. */
async function readAll(): Promise<unknown> {
  let count = 0;
  for await (const _event of events) count++;
  return count;
}

/** Reads everything, and adds up the text of the messages. */
async function readMessage(): Promise<unknown> {
  let length = 0;
  for await (const event of events) {
    if (event.type !== "item.completed" || event.item.type !== "agent_message") continue;
    length += event.item.text.length;
  }
  return length;
}

const ways: Record<string, () => Promise<unknown>> = { readSlowly, readAll, readMessage };
const { events } = await new Codex({ codexPathOverride: cli }).startThread().runStreamed("go");
const result = await ways[way]!();
console.log(JSON.stringify({ result, peakMb: peakMb() }));
