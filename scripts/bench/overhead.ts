/**
 * `npm run bench -- overhead [BLOCKS [simple|batch]]`: a turn with tracing, metrics and logs on beside the same turn
 * with telemetry off, on both transports, with the real CLI and a scripted model; and how many events
 * a second the bus delivers, beside `node:events` and `diagnostics_channel`.
 *
 * Both variants run in one process, by one `Codex`, on the same threads and, over the app-server, on
 * the same CLI process, in blocks of off, on, on, off. What is compared are the blocks.
 */
import {
  Codex,
  createTelemetry,
  type ProcessorName,
  type Telemetry,
  type TelemetrySink,
} from "../../mod.ts";
import { reply, scriptedModel } from "../../src/testing/mod.ts";
import { cliPath } from "../app_server/cli.ts";
import { reportEvents } from "./lib_emitters.ts";
import { cpuMicros, Sink } from "./lib_otlp.ts";
import { ABBA, type Block, differenceOf, type Estimate, estimate, ratioOf } from "./lib_pairs.ts";

const BLOCKS = 100;

/** A thread grows with each turn; a new one is begun after so many blocks. */
const BLOCKS_OF_A_THREAD = 3;

/** What the median ratio may be. */
const LIMIT = 1.02;

const TRANSPORTS = ["exec", "app-server"] as const;

type Variant = typeof ABBA[number];

/** What a turn took, and what it cost this process: in the turn, and with the sending behind it. */
interface Sample {
  ms: number;
  cpuMs: number;
  sentCpuMs: number;
}

/** Runs the benchmark and prints medians and ratios. */
export async function run(
  [blocks = String(BLOCKS), processor = "simple"]: string[] = [],
): Promise<void> {
  const sink = await Sink.start();
  const telemetry = { off: createTelemetry(), on: createTelemetry() };
  await telemetry.on.configure({
    env: {},
    enabled: true,
    endpoint: sink.url,
    signals: ["traces", "metrics", "logs"],
    processor: processor as ProcessorName,
    // Else a failure would make it a comparison of off with off.
    strict: true,
  });
  for (const transport of TRANSPORTS) {
    report(transport, await measure(telemetry, { transport, blocks: Number(blocks) }));
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

async function measure(
  telemetry: Record<Variant, Telemetry>,
  { transport, blocks }: { transport: typeof TRANSPORTS[number]; blocks: number },
): Promise<Record<keyof Sample, Block[]>> {
  await using model = await scriptedModel(answer);
  const sink = switchable(telemetry);
  await using codex = new Codex({
    ...model.codexOptions(),
    codexPathOverride: await cliPath(),
    transport,
    telemetry: sink,
  });
  const startThread = () =>
    codex.startThread({ skipGitRepoCheck: true, sandboxMode: "danger-full-access" });
  let thread = startThread();
  const turn = async (variant: Variant): Promise<Sample> => {
    sink.variant = variant;
    const [start, cpuStart] = [performance.now(), cpuMicros()];
    await thread.run("Go");
    const ms = performance.now() - start;
    const cpuMs = (cpuMicros() - cpuStart) / 1_000;
    // What is still being sent would fall on the next turn.
    await telemetry[variant].flush();
    return { ms, cpuMs, sentCpuMs: (cpuMicros() - cpuStart) / 1_000 };
  };
  const measured: Record<keyof Sample, Block[]> = { ms: [], cpuMs: [], sentCpuMs: [] };
  for (let index = 0; index < blocks; index++) {
    if (index % BLOCKS_OF_A_THREAD === 0) {
      thread = startThread();
      for (const variant of ABBA) await turn(variant);
    }
    const samples: [Variant, Sample][] = [];
    for (const variant of ABBA) samples.push([variant, await turn(variant)]);
    for (const key of ["ms", "cpuMs", "sentCpuMs"] as const) {
      const block = { off: 0, on: 0 };
      // Each variant has two turns in a block.
      for (const [variant, sample] of samples) block[variant] += sample[key] / 2;
      measured[key].push(block);
    }
  }
  return measured;
}

/** Telemetry that can be another for each turn. */
function switchable(
  telemetry: Record<Variant, Telemetry>,
): Required<TelemetrySink> & { variant: Variant } {
  const sink: Required<TelemetrySink> & { variant: Variant } = {
    variant: "off",
    has: (name) => telemetry[sink.variant].has(name),
    emit: (...event) => telemetry[sink.variant].emit(...event),
    carrier: (span) => telemetry[sink.variant].carrier(span),
    within: (span, fn) => telemetry[sink.variant].within(span, fn),
    collector: () => telemetry[sink.variant].collector(),
  };
  return sink;
}

function report(transport: string, measured: Record<keyof Sample, Block[]>): void {
  const { ms, cpuMs, sentCpuMs } = measured;
  const offMs = (blocks: Block[]) => estimate(blocks.map(({ off }) => off)).median.toFixed(1);
  const more = (blocks: Block[]) => `${shown(differenceOf(blocks), 2, "+")} ms`;
  console.log(
    `${transport.padEnd(10)}  off ${offMs(ms)} ms  on/off ${shown(ratioOf(ms), 3)} ` +
      `(at most ${LIMIT})  ${ms.length * 2} turns each\n` +
      `            CPU of this process off ${offMs(cpuMs)} ms, on ${more(cpuMs)} in the turn, ` +
      `${more(sentCpuMs)} with the sending`,
  );
}

/** A median with its interval of confidence. */
function shown({ median, low, high }: Estimate, digits: number, sign = ""): string {
  const written = (value: number) => `${value >= 0 ? sign : ""}${value.toFixed(digits)}`;
  return `${written(median)} [${written(low)}, ${written(high)}]`;
}
