/** How many events a second the bus delivers, beside `node:events` and `diagnostics_channel`. */
import { channel } from "node:diagnostics_channel";
import { EventEmitter } from "node:events";
import { createTelemetry } from "../../mod.ts";
import { median } from "./lib_otlp.ts";

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

/** Prints a table: emitters by numbers of handlers. */
export function reportEvents(): void {
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
