/**
 * Runs a turn with a lot of output, and prints as JSON what came of it, and of this process's memory
 * the most before the turn, the most of all, and what is mapped of files before the turn.
 * Usage: bounds_program WAY CLI [TRANSPORT]
 */
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import process from "node:process";
import { Codex, EVENT_NAMES, isCodexError, telemetry } from "../../mod.ts";

const [way, cli, transport = "exec"] = process.argv.slice(2) as [string, string, "exec"?];
const memoryMb = (name: string) =>
  Number(new RegExp(`${name}:\\s+(\\d+)`).exec(readFileSync("/proc/self/status", "utf8"))?.[1]) /
  1024;
const peakMb = () => memoryMb("VmHWM");
const fileMb = memoryMb("RssFile");
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Reads an event a second, four of them, tells how many dots the CLI has written by then, and leaves. */
async function readSlowly(): Promise<unknown> {
  for (let count = 0; count < 4; count++) {
    await events.next();
    await pause(1_000);
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

/** Reads everything, and adds up what the agent and its commands have said. */
async function readTexts(): Promise<unknown> {
  let length = 0;
  for await (const event of events) {
    if (event.type !== "item.completed") continue;
    if (event.item.type === "agent_message") length += event.item.text.length;
    if (event.item.type === "command_execution") length += event.item.aggregated_output.length;
  }
  return length;
}

/** As before, while spans are made of it and handlers hear of it. */
async function readTextsWatched(): Promise<unknown> {
  await telemetry.configure({ enabled: true, endpoint: "memory://local" });
  telemetry.attachMany("watch", EVENT_NAMES, () => {});
  idleMb = peakMb();
  const length = await readTexts();
  await telemetry.flush();
  if (telemetry.memory?.spans.length === 0) throw new Error("there are no spans");
  return length;
}

/** Reads until it fails, and tells with what. */
async function readFailure(): Promise<unknown> {
  try {
    return await readAll();
  } catch (error) {
    return isCodexError(error) && { code: error.code, details: error.details };
  }
}

const ways: Record<string, () => Promise<unknown>> = {
  readSlowly,
  readAll,
  readTexts,
  readTextsWatched,
  readFailure,
};
await using codex = new Codex({ codexPathOverride: cli, transport });
const { events } = await codex.startThread().runStreamed("go");
let idleMb = peakMb();
const result = await ways[way]!();
console.log(JSON.stringify({ result, fileMb, idleMb, peakMb: peakMb() }));
