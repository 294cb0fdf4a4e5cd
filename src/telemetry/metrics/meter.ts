/**
 * A meter of our own, for the few instruments that there are here: nobody else sees it, so that the
 * rest of an SDK (views, readers, observable instruments, exponential histograms) would only weigh.
 * @module
 */
import type {
  Attributes,
  Counter,
  Histogram,
  HrTime,
  Meter,
  MetricOptions,
  UpDownCounter,
} from "@opentelemetry/api";
import { diag } from "@opentelemetry/api";
import type {
  AggregationTemporality,
  InstrumentType,
  MetricData,
} from "@opentelemetry/sdk-metrics";
import { hrTimeOf } from "../spans/time.ts";
import { type Point, Series } from "./series.ts";

/** The part of the API that instruments are made by. */
export type InstrumentMaker = Pick<
  Meter,
  "createCounter" | "createHistogram" | "createUpDownCounter"
>;

/** Which metrics are sent as differences; `0` means that they are. */
export type TemporalityOf = (type: InstrumentType) => AggregationTemporality;

type Kind = "COUNTER" | "UP_DOWN_COUNTER" | "HISTOGRAM";

/** The SDK's `AggregationTemporality.DELTA`, and its `DataPointType` by kind. */
const DELTA = 0;
const DATA_POINT_TYPES = { HISTOGRAM: 0, COUNTER: 3, UP_DOWN_COUNTER: 3 } as const;

/** `ValueType.DOUBLE` of the API. */
const DOUBLE = 1;

/** Specification, "Explicit Bucket Histogram Aggregation". */
const DEFAULT_BOUNDARIES = [
  ...[0, 5, 10, 25, 50, 75, 100],
  ...[250, 500, 750, 1000, 2500, 5000, 7500, 10_000],
];

/** Makes instruments, and gives what they have measured. */
export class OwnMeter implements InstrumentMaker {
  readonly #instruments: OwnInstrument[] = [];

  /** Makes an instrument for sums that only grow. */
  createCounter(name: string, options: MetricOptions = {}): Counter {
    return this.#create("COUNTER", { name, options });
  }

  /** Makes an instrument for sums that grow and shrink. */
  createUpDownCounter(name: string, options: MetricOptions = {}): UpDownCounter {
    return this.#create("UP_DOWN_COUNTER", { name, options });
  }

  /** Makes an instrument for distributions. */
  createHistogram(name: string, options: MetricOptions = {}): Histogram {
    return this.#create("HISTOGRAM", { name, options });
  }

  /** What there is to send now, of all instruments. */
  collect(temporalityOf: TemporalityOf): MetricData[] {
    return this.#instruments.map((instrument) => instrument.collect(temporalityOf))
      .filter((metric) => metric.dataPoints.length > 0);
  }

  #create(kind: Kind, given: { name: string; options: MetricOptions }): OwnInstrument {
    const instrument = new OwnInstrument(kind, given);
    this.#instruments.push(instrument);
    return instrument;
  }
}

class OwnInstrument implements Counter, UpDownCounter, Histogram {
  readonly #kind: Kind;
  readonly #name: string;
  readonly #unit: string;
  readonly #boundaries: number[] | undefined;
  readonly #series: Series;

  constructor(kind: Kind, { name, options }: { name: string; options: MetricOptions }) {
    this.#kind = kind;
    this.#name = name;
    this.#unit = options.unit ?? "";
    if (kind === "HISTOGRAM") {
      this.#boundaries = options.advice?.explicitBucketBoundaries ?? DEFAULT_BOUNDARIES;
    }
    this.#series = new Series(this.#boundaries);
  }

  add(value: number, attributes?: Attributes): void {
    this.record(value, attributes);
  }

  record(value: number, attributes: Attributes = {}): void {
    if (!Number.isFinite(value) || value < 0 && this.#kind !== "UP_DOWN_COUNTER") {
      diag.warn(`codex-otel: ${this.#name} cannot take the value ${value}.`);
      return;
    }
    this.#series.record(value, { attributes, time: hrTimeOf(Date.now()) });
  }

  collect(temporalityOf: TemporalityOf): MetricData {
    const time = hrTimeOf(Date.now());
    const temporality = temporalityOf(this.#kind as InstrumentType);
    const points = temporality === DELTA ? this.#series.take(time) : this.#series.all();
    return {
      descriptor: { name: this.#name, description: "", unit: this.#unit, valueType: DOUBLE },
      aggregationTemporality: temporality,
      dataPointType: DATA_POINT_TYPES[this.#kind],
      ...(this.#boundaries ? {} : { isMonotonic: this.#kind === "COUNTER" }),
      dataPoints: points.map((point) => this.#dataPointOf(point, time)),
    } as MetricData;
  }

  #dataPointOf({ attributes, startTime, ...measured }: Point, endTime: HrTime) {
    const { sum, count, min, max, bucketCounts: counts } = measured;
    const boundaries = this.#boundaries;
    const value = boundaries ? { min, max, sum, buckets: { boundaries, counts }, count } : sum;
    return { attributes, startTime, endTime, value };
  }
}
