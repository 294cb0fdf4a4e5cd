/**
 * One measured run of the stream benchmark, in a process of its own, so that its peak memory is
 * its own. Prints one line of JSON.
 * Usage: stream_worker <official|bare|handlers|traced> <fake CLI>
 */
import { readFileSync } from "node:fs";
import process from "node:process";
import * as official from "@openai/codex-sdk";
import { Codex, createTelemetry, EVENT_NAMES } from "../../mod.ts";

const [mode, cli] = process.argv.slice(2) as [string, string];
const telemetry = createTelemetry();
let handled = 0;
if (mode === "handlers") telemetry.attachMany("bench", EVENT_NAMES, () => void handled++);
const exporter = {
  export: (_: unknown, done: (result: { code: 0 }) => void) => done({ code: 0 }),
  shutdown: () => Promise.resolve(),
};
if (mode === "traced") await telemetry.configure({ enabled: true, exporter, env: {} });

const run = async (path: string) =>
  await (mode === "official"
    ? new official.Codex({ codexPathOverride: path })
    : new Codex({ codexPathOverride: path, telemetry })).startThread().runStreamed("go");

// A short turn first: what is loaded with the first turn is not what is measured.
for await (const _ of (await run(`${cli}-short`)).events);

const { events } = await run(cli);
let count = 0;
let tools = 0;
const start = performance.now();
for await (const event of events) {
  count++;
  if (event.type === "item.completed" && event.item.type === "command_execution") tools++;
}
const seconds = (performance.now() - start) / 1000;
console.log(JSON.stringify({ mode, count, tools, handled, seconds, peakMb: peakMb() }));
process.exit(0);

function peakMb(): number {
  try {
    const line = /VmHWM:\s+(\d+) kB/.exec(readFileSync("/proc/self/status", "utf8"));
    if (line) return Number(line[1]) / 1024;
  } catch {
    // No such file on this platform.
  }
  return process.resourceUsage().maxRSS / 1024;
}
