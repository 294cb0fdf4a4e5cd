/**
 * `npm run bench -- stream`: events per second and peak memory of `runStreamed()`, the official SDK
 * beside ours, over 400,000 events (about 108 MB) from a fake CLI.
 */
import { spawnSync } from "node:child_process";
import { createWriteStream } from "node:fs";
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";

const EVENTS = 400_000;
const ROUNDS = 5;
const MODES = ["official", "bare", "handlers", "traced"] as const;

type Mode = typeof MODES[number];

interface Sample {
  count: number;
  tools: number;
  seconds: number;
  peakMb: number;
}

/** Runs the benchmark under the runtime that runs it, and prints ratios. */
export async function run(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "codex-otel-bench-"));
  try {
    const cli = await writeFakeCli(folder);
    const samples = new Map<Mode, Sample[]>(MODES.map((mode) => [mode, []]));
    // Turn by turn, so that a slow minute of the machine falls on all of them alike.
    for (let round = 0; round < ROUNDS; round++) {
      for (const mode of MODES) samples.get(mode)!.push(measure(mode, cli));
    }
    report(samples);
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function writeFakeCli(folder: string): Promise<string> {
  const lines = createWriteStream(join(folder, "events.jsonl"));
  lines.write('{"type":"thread.started","thread_id":"bench"}\n{"type":"turn.started"}\n');
  for (let index = 0; index < (EVENTS - 4) / 4; index++) {
    if (!lines.write(fourEvents(index))) await once(lines, "drain");
  }
  const usage = { input_tokens: 9, cached_input_tokens: 0, output_tokens: 9 };
  lines.end(
    `${JSON.stringify({ type: "item.completed", item: message("end") })}\n` +
      `${JSON.stringify({ type: "turn.completed", usage })}\n`,
  );
  await once(lines, "close");
  const cli = join(folder, "codex");
  await writeScript(cli, `exec cat "${join(folder, "events.jsonl")}"`);
  await writeScript(`${cli}-short`, `echo '{"type":"turn.started"}'`);
  return cli;
}

async function writeScript(path: string, command: string): Promise<void> {
  await writeFile(path, `#!/bin/sh\ncat >/dev/null\n${command}\n`);
  await chmod(path, 0o755);
}

function fourEvents(index: number): string {
  const output = "x".repeat(110);
  const command = {
    id: `item_${index}`,
    type: "command_execution",
    command: "/bin/bash -lc 'npm test'",
    aggregated_output: output,
  };
  return [
    { type: "item.started", item: { ...command, exit_code: null, status: "in_progress" } },
    { type: "item.updated", item: { ...command, exit_code: null, status: "in_progress" } },
    { type: "item.completed", item: { ...command, exit_code: 0, status: "completed" } },
    { type: "item.completed", item: message(`message_${index}`) },
  ].map((event) => `${JSON.stringify(event)}\n`).join("");
}

function message(id: string) {
  return { id, type: "agent_message", text: "y".repeat(180) };
}

function measure(mode: Mode, cli: string): Sample {
  const worker = fileURLToPath(new URL("./stream_worker.ts", import.meta.url));
  const child = spawnSync(process.execPath, [...runtimeArguments(), worker, mode, cli], {
    encoding: "utf8",
    cwd: fileURLToPath(new URL("../..", import.meta.url)),
  });
  if (child.status !== 0) throw new Error(`The ${mode} run failed: ${child.stderr}`);
  const sample = JSON.parse(child.stdout.trim().split("\n").at(-1)!) as Sample;
  if (sample.count !== EVENTS) throw new Error(`The ${mode} run read ${sample.count} events.`);
  return sample;
}

function runtimeArguments(): string[] {
  if (process.versions["deno"]) return ["run", "-A"];
  return process.versions["bun"] ? [] : ["--import", "tsx"];
}

function report(samples: ReadonlyMap<Mode, Sample[]>): void {
  const of = (mode: Mode, value: (sample: Sample) => number) =>
    median(samples.get(mode)!.map(value));
  const rate = (mode: Mode) => EVENTS / of(mode, (sample) => sample.seconds);
  const peak = (mode: Mode) => of(mode, (sample) => sample.peakMb);
  for (const mode of MODES) {
    console.log(
      `${mode.padEnd(9)} ${(rate(mode) / 1000).toFixed(0).padStart(5)}k events/s  ` +
        `${(rate(mode) / rate("official")).toFixed(2)} x official  ` +
        `peak ${peak(mode).toFixed(0)} MB (${(peak(mode) - peak("official")).toFixed(0)} MB more)`,
    );
  }
  const tools = of("traced", (sample) => sample.tools);
  const extra = of("traced", (sample) => sample.seconds) - of("bare", (sample) => sample.seconds);
  console.log(`a tool span with tracing on: ${(extra / tools * 1e6).toFixed(2)} µs`);
}

function median(values: number[]): number {
  return values.sort((a, b) => a - b)[Math.floor(values.length / 2)]!;
}
