/**
 * `npm run bench -- turns`: the time of a turn, the official SDK beside ours on both transports, with
 * the real CLI and a scripted model; and the peak memory of all processes together.
 *
 * A busy machine is slow for all: what counts is the ratio within each round, where the turns that
 * are compared are seconds apart. The order within a round is another one each time.
 */
import { readdirSync, readFileSync } from "node:fs";
import process from "node:process";
import * as official from "@openai/codex-sdk";
import { Codex } from "../../mod.ts";
import { type ScriptedModel, scriptedModel } from "../../src/testing/mod.ts";
import { cliPath } from "../app_server/cli.ts";
import { median } from "./lib_otlp.ts";
import { ordersOf, ratioOfRounds } from "./lib_pairs.ts";

/** Each is some rounds of single turns and one of many at once, which takes ten times as long. */
const BLOCKS = 6;
const ROUNDS_OF_A_BLOCK = 4;
const AT_ONCE = 16;

/** With so much time gone, no other block is begun, but for those that are the least. */
const BUDGET_MS = 90_000;
const LEAST_BLOCKS = 3;

/**
 * What a CLI does after a turn, such as a snapshot of the shell (250 ms with codex-cli 0.169.0), is
 * to be over before the next agent has its turn.
 */
const PAUSE_MS = 300;

const NAMES = ["official", "ours, exec", "ours, app-server"] as const;

type Name = typeof NAMES[number];

/** The part of both SDKs that is measured. */
interface Agent {
  startThread(options: { skipGitRepoCheck: boolean }): { run(input: string): Promise<unknown> };
  close?(): Promise<void>;
}

type Agents = Record<Name, Agent>;

type Scenario = "new thread" | "same thread" | `${typeof AT_ONCE} at once`;

/** What an agent took, round by round. */
type Times = Record<Scenario, Record<Name, number[]>>;

const LIMITS: Readonly<Record<Scenario, number>> = {
  "same thread": 0.4,
  "new thread": 0.55,
  "16 at once": 0.5,
};

/** Runs the benchmark and prints medians and ratios. */
export async function run(): Promise<void> {
  // A model, and so a CODEX_HOME, for each: a server watches its folder, and they share no database.
  const models = await Promise.all(NAMES.map(() => scriptedModel(() => "Hello.")));
  try {
    const agents = createAgents(models, cliPath());
    // Warms caches and starts the app-server.
    await singleTurns(agents, { order: NAMES, times: noTimes() });
    await manyAtOnce(agents, { order: NAMES, times: noTimes() });
    report(await measure(agents));
    await reportMemory(agents);
  } finally {
    for (const model of models) await model.close();
  }
}

function createAgents(models: ScriptedModel[], codexPathOverride: string): Agents {
  const [first, second, third] = models.map((model) => ({
    ...model.codexOptions(),
    codexPathOverride,
  }));
  return {
    "official": new official.Codex(first) as Agent,
    "ours, exec": new Codex(second),
    "ours, app-server": new Codex({ ...third, transport: "app-server" }),
  };
}

function noTimes(): Times {
  const none = () => ({ "official": [], "ours, exec": [], "ours, app-server": [] });
  return { "new thread": none(), "same thread": none(), "16 at once": none() };
}

async function measure(agents: Agents): Promise<Times> {
  const times = noTimes();
  const orders = ordersOf(NAMES);
  const start = performance.now();
  for (let block = 0; block < BLOCKS; block++) {
    if (block >= LEAST_BLOCKS && performance.now() - start > BUDGET_MS) break;
    for (let round = 0; round < ROUNDS_OF_A_BLOCK; round++) {
      const order = orders[(block * ROUNDS_OF_A_BLOCK + round) % orders.length]!;
      await singleTurns(agents, { order, times });
    }
    await manyAtOnce(agents, { order: orders[block % orders.length]!, times });
  }
  return times;
}

interface Round {
  order: readonly Name[];
  times: Times;
}

async function singleTurns(agents: Agents, { order, times }: Round): Promise<void> {
  for (const name of order) {
    const thread = agents[name].startThread({ skipGitRepoCheck: true });
    times["new thread"][name].push(await timed(() => thread.run("Say hello")));
    times["same thread"][name].push(await timed(() => thread.run("Say hello again")));
    await pause();
  }
}

async function manyAtOnce(agents: Agents, { order, times }: Round): Promise<void> {
  for (const name of order) {
    times["16 at once"][name].push(await timed(() => runAtOnce(agents[name])));
    await pause();
  }
}

async function runAtOnce(agent: Agent): Promise<void> {
  await Promise.all(
    Array.from(
      { length: AT_ONCE },
      () => agent.startThread({ skipGitRepoCheck: true }).run("Say hello"),
    ),
  );
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
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

function report(times: Times): void {
  for (const scenario of Object.keys(LIMITS) as Scenario[]) {
    const ofAll = times[scenario];
    console.log(`${scenario}, ${ofAll.official.length} rounds`);
    for (const name of NAMES) {
      const ms = median(ofAll[name]).toFixed(0).padStart(6);
      const limit = name === "ours, app-server" ? `  (at most ${LIMITS[scenario]})` : "";
      console.log(
        `  ${name.padEnd(17)} ${ms} ms  ` +
          `${ratioOfRounds(ofAll[name], ofAll.official)} x official${limit}`,
      );
    }
  }
}

/**
 * In rounds of their own, since looking takes time. The app-server, which is there as long as its
 * `Codex`, goes first, and is no part of what the others hold.
 */
async function reportMemory(agents: Agents): Promise<void> {
  console.log(`peak memory, ${AT_ONCE} at once`);
  for (const name of NAMES.toReversed()) {
    const sampler = samplePeak();
    await runAtOnce(agents[name]);
    console.log(`  ${name.padEnd(17)} ${sampler.stop().toFixed(0).padStart(6)} MB`);
    await agents[name].close?.();
  }
}
