/** What metrics there are: asked of the code that makes them, by a meter that writes down. */
import { createNoopMeter, type Meter, type MetricOptions } from "@opentelemetry/api";
import { createInstruments } from "../../src/telemetry/metrics/instruments.ts";
import { createTokenRecorder } from "../../src/telemetry/metrics/token_recorder.ts";
import type { SemconvMode } from "../../src/telemetry/options.ts";
import type { TypeNode } from "./deno_doc.ts";
import { code } from "./markdown.ts";
import type { Shapes } from "./shapes.ts";

interface Instrument {
  name: string;
  kind: string;
  unit: string;
  buckets: readonly number[];
}

const NEWEST: SemconvMode = "gen_ai_latest_experimental";

/** A row for each metric: name, newest name, kind and unit, attributes, meaning. */
export function metricRows(shapes: Shapes): string[][] {
  const today = instrumentsBy((meter) => createInstruments(meter, "default"));
  const newest = instrumentsBy((meter) => createInstruments(meter, NEWEST));
  const rows = shapes.membersOf("Instruments").map(({ name, doc, type }) => {
    const [one, other] = [today.get(name)!, newest.get(name)!];
    const otherName = one.name === other.name ? "" : code(other.name);
    return [code(one.name), otherName, kindOf(one), attributesOf(type), doc];
  });
  return [...tokenRows(shapes), ...rows];
}

/** Where one histogram became a counter for each kind of tokens. */
function tokenRows(shapes: Shapes): string[][] {
  const row = (instrument: Instrument, type: string): string[] => [
    kindOf(instrument),
    attributesOf(shapes.typeOf(type)),
    shapes.docOf(type),
  ];
  return [
    ...recorded((meter) => createTokenRecorder(meter, "default")).map((instrument) => [
      code(instrument.name),
      "the counters below",
      ...row(instrument, "TokenHistogram"),
    ]),
    ...recorded((meter) => createTokenRecorder(meter, NEWEST)).map((instrument) => [
      "",
      code(instrument.name),
      ...row(instrument, "TokenCounter"),
    ]),
  ];
}

function kindOf({ kind, unit, buckets }: Instrument): string {
  const bounds = buckets.length > 0 ? `, buckets ${buckets[0]} to ${buckets.at(-1)}` : "";
  return `${kind}, ${code(unit)}${bounds}`;
}

/** The names in `Histogram<Of<"a" | "b">>`. */
function attributesOf({ value }: TypeNode): string {
  const [of] = paramsOf(value);
  const [names] = paramsOf(of?.value);
  const literals = names?.kind === "union" ? names.value as TypeNode[] : names ? [names] : [];
  return literals.filter(({ kind }) => kind === "literal").map(({ repr = "" }) => code(repr))
    .join(", ");
}

const paramsOf = (value: unknown): TypeNode[] =>
  (value as { typeParams?: TypeNode[] } | undefined)?.typeParams ?? [];

function recorded(create: (meter: Meter) => unknown): Instrument[] {
  return [...record(create).made.values()];
}

/** Instruments by the names of the fields that hold them. */
function instrumentsBy(create: (meter: Meter) => object): Map<string, Instrument> {
  const { result, made } = record(create);
  return new Map(Object.entries(result).map(([field, object]) => [field, made.get(object)!]));
}

function record<T>(create: (meter: Meter) => T): { result: T; made: Map<object, Instrument> } {
  const made = new Map<object, Instrument>();
  const creator = (kind: string) => (name: string, options: MetricOptions = {}) => {
    const instrument = {};
    const buckets = options.advice?.explicitBucketBoundaries ?? [];
    made.set(instrument, { name, kind, unit: options.unit ?? "", buckets });
    return instrument as never;
  };
  const meter: Meter = Object.assign(createNoopMeter(), {
    createHistogram: creator("histogram"),
    createCounter: creator("counter"),
    createUpDownCounter: creator("up-down counter"),
  });
  return { result: create(meter), made };
}
