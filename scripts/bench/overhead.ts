/**
 * `npm run bench -- overhead [ROUNDS]`: a turn with tracing, metrics and logs on beside the same
 * turn with telemetry off, on both transports, with the real CLI and a scripted model; and how many
 * events a second the bus delivers, beside `node:events` and `diagnostics_channel`.
 */
import { channel } from "node:diagnostics_channel";
import { EventEmitter } from "node:events";
import { Codex, createTelemetry, type Telemetry } from "../../mod.ts";
import { reply, type ScriptedModel, scriptedModel } from "../../src/testing/mod.ts";
import { cliPath } from "../app_server/cli.ts";
import { cpuMicros, median, Sink } from "./lib_otlp.ts";

const ROUNDS = 40;

/** A thread grows with each turn; a new one is begun after so many. */
const TURNS_OF_A_THREAD = 10;

const LIMIT = 1.02;

const TRANSPORTS = ["exec", "app-server"] as const;

/** What a turn took, and what it cost this process, the sending of what it told included. */
interface Sample {
  ms: number;
  cpuMs: number;
}

/** Telemetry that is off, and on. */
type Variant = "off" | "on";

/** Runs the benchmark and prints medians and ratios. */
export async function run([rounds = String(ROUNDS)]: string[] = []): Promise<void> {
  const sink = await Sink.start();
  const telemetry = { off: createTelemetry(), on: createTelemetry() };
  await telemetry.on.configure({
    env: {},
    enabled: true,
    endpoint: sink.url,
    signals: ["traces", "metrics", "logs"],
  });
  for (const transport of TRANSPORTS) {
    const times = await measureTurns(telemetry, { transport, rounds: Number(rounds) });
    reportTurns(transport, times);
  }
  const { spans } = await telemetry.on.shutdown();
  console.log(`spans exported ${spans.exported}, dropped ${spans.dropped}`);
  await sink.stop();
  reportEvents();
}

/** A command, then an answer. */
function answer(_: unknown, index: number) {
  return index % 2 === 0 ? reply.command("true") : "Done.";
}

async function measureTurns(
  telemetry: Record<Variant, Telemetry>,
  { transport, rounds }: { transport: typeof TRANSPORTS[number]; rounds: number },
): Promise<Record<Variant, Sample[]>> {
  await using off = await openAgent(telemetry.off, transport);
  await using on = await openAgent(telemetry.on, transport);
  const times: Record<Variant, Sample[]> = { off: [], on: [] };
  for (let round = 0; round < rounds; round++) {
    // Turn by turn and in either order, so that a slow minute of the machine falls on both.
    const order = round % 2 === 0 ? ["off", "on"] as const : ["on", "off"] as const;
    if (round % TURNS_OF_A_THREAD === 0) {
      await off.begin();
      await on.begin();
    }
    for (const variant of order) times[variant].push(await { off, on }[variant].turn());
  }
  return times;
}

/** One `Codex`, with a model of its own. */
async function openAgent(telemetry: Telemetry, transport: typeof TRANSPORTS[number]) {
  const model: ScriptedModel = await scriptedModel(answer);
  const options = { ...model.codexOptions(), codexPathOverride: await cliPath(), transport };
  const codex = new Codex({ ...options, telemetry });
  const startThread = () =>
    codex.startThread({ skipGitRepoCheck: true, sandboxMode: "danger-full-access" });
  let thread = startThread();
  const turn = async (): Promise<Sample> => {
    const [start, cpuStart] = [performance.now(), cpuMicros()];
    await thread.run("Go");
    const ms = performance.now() - start;
    // What is still being sent would fall on the other's turn.
    await telemetry.flush();
    return { ms, cpuMs: (cpuMicros() - cpuStart) / 1_000 };
  };
  return {
    turn,
    async begin() {
      thread = startThread();
      await turn();
    },
    async [Symbol.asyncDispose]() {
      await codex.close();
      await model.close();
    },
  };
}

function reportTurns(transport: string, { off, on }: Record<Variant, Sample[]>): void {
  const of = (samples: Sample[], key: keyof Sample) => median(samples.map((each) => each[key]));
  const [offMs, onMs] = [of(off, "ms"), of(on, "ms")];
  const cpuMs = of(on, "cpuMs") - of(off, "cpuMs");
  console.log(
    `${transport.padEnd(10)}  off ${offMs.toFixed(1)} ms  on ${onMs.toFixed(1)} ms  ` +
      `ratio ${(onMs / offMs).toFixed(3)} (at most ${LIMIT})  ` +
      `CPU of this process ${cpuMs >= 0 ? "+" : ""}${cpuMs.toFixed(1)} ms a turn  ` +
      `${off.length} turns each`,
  );
}

const EVENTS = 200_000;

/** What an emitter is given, the same for all. */
const MEASUREMENTS = { system_time: 1 };
const METADATA = { originator: "sdk", tool: "t" };

type Emit = () => unknown;
type Counter = (...args: unknown[]) => void;

/** Attaches handlers and gives what emits one event to them. */
type EmitterMaker = (handlers: Counter[]) => Emit;

const EMITTERS: Record<string, EmitterMaker> = {
  "ours": (handlers) => {
    const bus = createTelemetry();
    handlers.forEach((handler, index) => bus.attach(`h${index}`, "app.bench", handler));
    return () => bus.emit("app.bench", MEASUREMENTS, METADATA);
  },
  "node:events": (handlers) => {
    const emitter = new EventEmitter();
    for (const handler of handlers) emitter.on("app.bench", handler);
    return () => emitter.emit("app.bench", MEASUREMENTS, METADATA);
  },
  "diagnostics_channel": (handlers) => {
    const bench = channel(`app.bench.${handlers.length}.${Math.random()}`);
    for (const handler of handlers) bench.subscribe(handler);
    return () => {
      if (bench.hasSubscribers) bench.publish({ ...MEASUREMENTS, ...METADATA });
    };
  },
};

function reportEvents(): void {
  const table: Record<string, Record<string, string>> = {};
  for (const count of [0, 1, 10]) {
    for (const [name, make] of Object.entries(EMITTERS)) {
      const perSecond = eventsPerSecond(make, count);
      (table[name] ??= {})[`${count} handlers`] = `${(perSecond / 1e6).toFixed(2)} M/s`;
    }
  }
  console.table(table);
}

/** The median of five rounds, after one that warms up. */
function eventsPerSecond(make: EmitterMaker, count: number): number {
  let calls = 0;
  // Each a function of its own: some refuse to attach one twice.
  const emit = make(Array.from({ length: count }, () => () => void calls++));
  const samples: number[] = [];
  for (let round = 0; round <= 5; round++) {
    const start = performance.now();
    for (let event = 0; event < EVENTS; event++) emit();
    if (round > 0) samples.push(EVENTS / ((performance.now() - start) / 1_000));
  }
  if (calls !== 6 * EVENTS * count) throw new Error(`${calls} calls of ${6 * EVENTS * count}`);
  return median(samples);
}
