/**
 * `npm run bench -- turns`: the time of a turn, the official SDK beside ours on both transports, with
 * the real CLI and a scripted model; and the peak memory of all processes together.
 */
import { readdirSync, readFileSync } from "node:fs";
import process from "node:process";
import * as official from "@openai/codex-sdk";
import { Codex } from "../../mod.ts";
import { type ScriptedModel, scriptedModel } from "../../src/testing/mod.ts";
import { cliPath } from "../app_server/cli.ts";

const ROUNDS = 7;
const AT_ONCE = 16;

/** The part of both SDKs that is measured. */
interface Agent {
  startThread(options: { skipGitRepoCheck: boolean }): { run(input: string): Promise<unknown> };
}

type Scenario = "same thread" | "new thread" | `${typeof AT_ONCE} at once`;

const LIMITS: Readonly<Record<Scenario, number>> = {
  "same thread": 0.4,
  "new thread": 0.55,
  "16 at once": 0.5,
};

/** Runs the benchmark and prints medians and ratios. */
export async function run(): Promise<void> {
  await using model = await scriptedModel(() => "Hello.");
  const agents = createAgents(model, await cliPath());
  const times = new Map<string, number[]>();
  const peaks = new Map<string, number>();
  for (let round = 0; round <= ROUNDS; round++) {
    // Turn by turn, so that a slow minute of the machine falls on all of them alike.
    for (const [name, agent] of Object.entries(agents)) {
      for (const [scenario, ms] of await measure(name, { agent, peaks })) {
        // The first round warms caches and starts the app-server.
        if (round > 0) {
          times.set(`${name} ${scenario}`, [...times.get(`${name} ${scenario}`) ?? [], ms]);
        }
      }
    }
  }
  await agents["ours, app-server"].close();
  report(times, peaks);
}

function createAgents(model: ScriptedModel, codexPathOverride: string) {
  const options = { ...model.codexOptions(), codexPathOverride };
  return {
    "official": new official.Codex(options) as Agent,
    "ours, exec": new Codex(options) as Agent,
    "ours, app-server": new Codex({ ...options, transport: "app-server" }),
  };
}

async function measure(
  name: string,
  options: { agent: Agent; peaks: Map<string, number> },
): Promise<[Scenario, number][]> {
  const { agent, peaks } = options;
  const thread = agent.startThread({ skipGitRepoCheck: true });
  const first = await timed(() => thread.run("Say hello"));
  const second = await timed(() => thread.run("Say hello again"));
  const sampler = samplePeak();
  const atOnce = await timed(() =>
    Promise.all(
      Array.from({ length: AT_ONCE }, () =>
        agent.startThread({ skipGitRepoCheck: true }).run("Say hello")),
    )
  );
  peaks.set(name, Math.max(peaks.get(name) ?? 0, sampler.stop()));
  return [["new thread", first], ["same thread", second], [`${AT_ONCE} at once`, atOnce]];
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

/** Looks every 200 ms at what this process and its descendants hold, shared pages counted once. */
function samplePeak(): { stop(): number } {
  let peakMb = 0;
  const timer = setInterval(() => peakMb = Math.max(peakMb, treeMb()), 200);
  return {
    stop() {
      clearInterval(timer);
      return Math.max(peakMb, treeMb());
    },
  };
}

function treeMb(): number {
  if (process.platform !== "linux") return 0;
  const parents = new Map<number, number>();
  for (const entry of readdirSync("/proc")) {
    const pid = Number(entry);
    if (!Number.isInteger(pid)) continue;
    const stat = read(`/proc/${pid}/stat`);
    parents.set(pid, Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]));
  }
  const isOurs = (pid: number): boolean =>
    pid === process.pid || parents.has(pid) && isOurs(parents.get(pid)!);
  const kilobytes = [...parents.keys()].filter(isOurs).map((pid) =>
    Number(/^Pss:\s+(\d+)/m.exec(read(`/proc/${pid}/smaps_rollup`))?.[1] ?? 0)
  );
  return kilobytes.reduce((sum, each) => sum + each, 0) / 1024;
}

function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

function report(times: Map<string, number[]>, peaks: Map<string, number>): void {
  for (const scenario of Object.keys(LIMITS) as Scenario[]) {
    const base = median(times.get(`official ${scenario}`)!);
    for (const name of peaks.keys()) {
      const ms = median(times.get(`${name} ${scenario}`)!);
      const limit = name === "ours, app-server" ? `  (at most ${LIMITS[scenario]})` : "";
      console.log(
        `${scenario.padEnd(12)} ${name.padEnd(17)} ${ms.toFixed(0).padStart(6)} ms  ` +
          `${(ms / base).toFixed(2)} x official${limit}`,
      );
    }
  }
  for (const [name, peakMb] of peaks) {
    console.log(
      `peak memory  ${name.padEnd(17)} ${peakMb.toFixed(0).padStart(6)} MB, ${AT_ONCE} at once`,
    );
  }
}

function median(values: number[]): number {
  return values.sort((a, b) => a - b)[Math.floor(values.length / 2)]!;
}
