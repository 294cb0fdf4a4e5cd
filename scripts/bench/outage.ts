/**
 * `npm run bench -- outage`: 2,000 spans a second for 6 s, of which the collector answers 503 for
 * the first 3, through the batch processor with its defaults; then a burst of 50,000 and a flush.
 * Spans lost, ours beside the official exporters.
 */
import { BasicTracerProvider, BatchSpanProcessor } from "@opentelemetry/sdk-trace-base";
import type { SpanExporter } from "@opentelemetry/sdk-trace-base";
import { agentSpans, attributes, type ExporterMaker, exporters, Sink } from "./lib_otlp.ts";

const PER_SECOND = 2000;
const SECONDS = 6;
const AWAY_MS = 3000;
const BURST = 50_000;

/** Runs the benchmark under the runtime that runs it, and prints a table. */
export async function run(): Promise<void> {
  const sink = await Sink.start();
  const table: Record<string, Record<string, string>> = {};
  for (const [name, make] of Object.entries(exporters())) {
    table[name] = {
      "outage, lost": await outage(sink, make),
      "burst, lost": await burst(sink, make),
    };
  }
  console.table(table);
  await sink.stop();
}

async function outage(sink: Sink, make: ExporterMaker): Promise<string> {
  await sink.reset(AWAY_MS);
  const processor = new BatchSpanProcessor(make(`${sink.url}/v1/traces`, "gzip"));
  const tracer = new BasicTracerProvider({ spanProcessors: [processor] }).getTracer("bench");
  const total = PER_SECOND * SECONDS;
  const start = performance.now();
  for (let ended = 0; ended < total;) {
    const due = Math.min(total, Math.ceil((performance.now() - start) / 1000 * PER_SECOND));
    for (; ended < due; ended++) tracer.startSpan("execute_tool exec", attributes(ended)).end();
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  await processor.shutdown().catch(() => {});
  return lost(sink, total);
}

/** Each span exported by itself, as a simple processor does. */
async function burst(sink: Sink, make: ExporterMaker): Promise<string> {
  await sink.reset();
  const exporter: SpanExporter = make(`${sink.url}/v1/traces`, "gzip");
  let refused = 0;
  for (const span of agentSpans(BURST)) {
    exporter.export([span], ({ code }) => {
      if (code !== 0) refused++;
    });
  }
  await exporter.forceFlush?.();
  await exporter.shutdown();
  return `${await lost(sink, BURST)}${refused > 0 ? ` (${refused} exports rejected)` : ""}`;
}

async function lost(sink: Sink, total: number): Promise<string> {
  const { distinct, duplicates } = await sink.stats();
  return `${total - distinct} of ${total}${duplicates > 0 ? `, ${duplicates} twice` : ""}`;
}
