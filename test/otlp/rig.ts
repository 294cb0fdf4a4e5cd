/** An exporter with a fetch that is told what to do, in simulated time. */
import type { ReadableSpan } from "@opentelemetry/sdk-trace-base";
import { type OtlpExporterOptions, OTLPTraceExporter } from "../../src/otlp/exporters.ts";
import { finishedSpans, ManualClock, Recorder } from "./helpers.ts";

export interface Rig {
  clock: ManualClock;
  recorder: Recorder;
  exporter: OTLPTraceExporter;
  /** Sizes of the bodies that were posted. */
  posted: number[];
}

export function rig(
  answer: (init: RequestInit) => Promise<Response>,
  options: OtlpExporterOptions = {},
): Rig {
  const clock = new ManualClock();
  const recorder = new Recorder();
  const posted: number[] = [];
  const fetch = (_url: string, init: RequestInit) => {
    posted.push((init.body as Uint8Array).byteLength);
    return answer(init);
  };
  const exporter = new OTLPTraceExporter({ fetch, clock, observer: recorder, ...options });
  return { clock, recorder, exporter, posted };
}

/** What a fetch does when nobody listens. */
export const REFUSED = (): Promise<never> => Promise.reject(new TypeError("connection refused"));

/** What a fetch does when all is well. */
export const ACCEPTED = (): Promise<Response> => Promise.resolve(new Response("{}"));

/** What a span takes in memory is of no interest here: the same ones are exported many times. */
export const SPANS: ReadableSpan[] = finishedSpans(100, {
  text: "some attribute of ordinary length",
});
