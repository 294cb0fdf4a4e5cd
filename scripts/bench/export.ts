/**
 * `npm run bench -- export`: CPU time per span, bytes per span and spans lost, of our exporter and
 * the official ones, plain and gzip. The collector is a process of its own.
 */
import type { ReadableSpan, SpanExporter } from "@opentelemetry/sdk-trace-base";
import {
  agentSpans,
  type Compression,
  cpuMicros,
  type ExporterMaker,
  exporters,
  median,
  Sink,
} from "./lib_otlp.ts";
import { ordersOf, ratioOfRounds } from "./lib_pairs.ts";

const SPANS = 51_200;
const BATCH = 512;
/** Each order of the exporters twice. */
const ROUNDS = 12;

interface Sample {
  cpuPerSpan: number;
  bytesPerSpan: number;
  lost: number;
}

/** Runs the benchmark under the runtime that runs it, and prints a table. */
export async function run(): Promise<void> {
  const sink = await Sink.start();
  const spans = agentSpans(SPANS);
  const table: Record<string, Record<string, string>> = {};
  for (const compression of ["none", "gzip"] as const) {
    const samples = await measureAll(sink, { spans, compression });
    const base = samples.get("official http")!.map((sample) => sample.cpuPerSpan);
    for (const [name, list] of samples) {
      const cpu = list.map((sample) => sample.cpuPerSpan);
      table[`${name}, ${compression}`] = {
        "CPU µs/span": median(cpu).toFixed(2),
        "to official http": ratioOfRounds(cpu, base),
        "bytes/span": list[0]!.bytesPerSpan.toFixed(0),
        "spans lost": String(Math.max(...list.map((sample) => sample.lost))),
      };
    }
  }
  console.table(table);
  await sink.stop();
}

async function measureAll(
  sink: Sink,
  options: { spans: ReadableSpan[]; compression: Compression },
): Promise<Map<string, Sample[]>> {
  const makers = Object.entries(exporters());
  const orders = ordersOf(makers);
  const samples = new Map<string, Sample[]>(makers.map(([name]) => [name, []]));
  // The first round warms up. Turn by turn, so that a slow minute falls on all of them alike, and
  // each as often after each other, whose garbage it finds.
  for (let round = 0; round <= ROUNDS; round++) {
    for (const [name, make] of orders[round % orders.length]!) {
      const sample = await measure(sink, { ...options, make });
      if (round > 0) samples.get(name)!.push(sample);
    }
  }
  return samples;
}

async function measure(
  sink: Sink,
  { spans, compression, make }: {
    spans: ReadableSpan[];
    compression: Compression;
    make: ExporterMaker;
  },
): Promise<Sample> {
  await sink.reset();
  const exporter = make(`${sink.url}/v1/traces`, compression);
  const before = cpuMicros();
  for (let from = 0; from < spans.length; from += BATCH) {
    await exportBatch(exporter, spans.slice(from, from + BATCH));
  }
  await exporter.shutdown();
  const cpuPerSpan = (cpuMicros() - before) / spans.length;
  const { bytes, distinct } = await sink.stats();
  return { cpuPerSpan, bytesPerSpan: bytes / distinct, lost: spans.length - distinct };
}

function exportBatch(exporter: SpanExporter, batch: ReadableSpan[]): Promise<void> {
  return new Promise((resolve) => exporter.export(batch, () => resolve()));
}
