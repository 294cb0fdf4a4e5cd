/** Tracers over the processors of both lines of the OpenTelemetry SDK. */
import type { Tracer } from "@opentelemetry/api";
import * as trace2 from "@opentelemetry/sdk-trace-base";
import type { OTLPTraceExporter } from "../../src/otlp/exporters.ts";
import { sleep } from "./helpers.ts";
import { sdkTrace } from "./sdk_next/mod.ts";

export interface TraceKit {
  tracer: Tracer;
  forceFlush(): Promise<void>;
  shutdown(): Promise<void>;
}

/** How a processor is made; `maxQueueSize` is for the batch processors. */
export type MakeKit = (
  exporter: OTLPTraceExporter,
  options?: { maxQueueSize?: number },
) => TraceKit;

function kit2(processor: trace2.SpanProcessor): TraceKit {
  return kit(processor, new trace2.BasicTracerProvider({ spanProcessors: [processor] }));
}

type Processor3 =
  | InstanceType<typeof sdkTrace.SimpleSpanProcessor>
  | InstanceType<typeof sdkTrace.BatchSpanProcessor>;

function kit3(processor: Processor3): TraceKit {
  return kit(processor, new sdkTrace.TracerProvider({ spanProcessors: [processor] }));
}

function kit(
  processor: Omit<TraceKit, "tracer">,
  provider: { getTracer(name: string, version: string): unknown },
): TraceKit {
  return {
    tracer: provider.getTracer("scope", "1.2.3") as Tracer,
    forceFlush: () => processor.forceFlush(),
    shutdown: () => processor.shutdown(),
  };
}

/** Every processor, by line and kind. */
export const KITS: Record<string, MakeKit> = {
  "2.x, simple": (exporter) => kit2(new trace2.SimpleSpanProcessor(exporter)),
  "2.x, batch": (exporter, options) => kit2(new trace2.BatchSpanProcessor(exporter, options)),
  "3.x, simple": (exporter) => kit3(new sdkTrace.SimpleSpanProcessor({ exporter })),
  "3.x, batch": (exporter, options) =>
    kit3(new sdkTrace.BatchSpanProcessor({ exporter, ...options })),
};

/** What ends in one go at most: a machine that stood still must not make a burst of it. */
const PER_GO = 100;

/** Does something so many times, evenly. */
export async function everySo(
  total: number,
  { perSecond }: { perSecond: number },
  act: (index: number) => void,
): Promise<void> {
  const start = performance.now();
  for (let done = 0; done < total;) {
    const elapsed = (performance.now() - start) / 1000;
    const due = Math.min(total, Math.ceil(elapsed * perSecond), done + PER_GO);
    for (; done < due; done++) act(done);
    await sleep(5);
  }
}

/** Ends spans evenly over some seconds. Gives their number. */
export async function endSpans(
  tracer: Tracer,
  { perSecond, seconds }: { perSecond: number; seconds: number },
): Promise<number> {
  const total = perSecond * seconds;
  await everySo(total, { perSecond }, (index) => {
    tracer.startSpan("work", { attributes: { index, kind: "load" } }).end();
  });
  return total;
}
