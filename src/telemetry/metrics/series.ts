/**
 * What is kept of the measurements of an instrument, after the OpenTelemetry specification's
 * sections "Aggregation" and "Cardinality limits".
 * @module
 */
import type { Attributes, HrTime } from "@opentelemetry/api";

/** Attribute sets of one instrument at most; the specification's default. */
const CARDINALITY_LIMIT = 2000;

const OVERFLOW: Attributes = { "otel.metric.overflow": true };

/** All measurements with the same attributes. */
export interface Point {
  attributes: Attributes;
  startTime: HrTime;
  sum: number;
  count: number;
  min: number;
  max: number;
  /** One more than there are boundaries; empty for a sum. */
  bucketCounts: number[];
}

/** The points of one instrument, by their attributes. */
export class Series {
  readonly #boundaries: readonly number[] | undefined;
  #points = new Map<string, Point>();
  /** When the points were taken last, where they are taken. */
  #startTime: HrTime | undefined;

  /** Creates one, with the boundaries of its buckets for a histogram. */
  constructor(boundaries?: readonly number[]) {
    this.#boundaries = boundaries;
  }

  /** Adds a measurement. */
  record(value: number, { attributes, time }: { attributes: Attributes; time: HrTime }): void {
    const point = this.#pointOf(attributes, time);
    point.sum += value;
    point.count++;
    point.min = Math.min(point.min, value);
    point.max = Math.max(point.max, value);
    if (this.#boundaries) point.bucketCounts[bucketOf(value, this.#boundaries)]!++;
  }

  /** All points since the beginning. */
  all(): Point[] {
    const points = Array.from(this.#points.values());
    return points.map((point) => ({ ...point, bucketCounts: [...point.bucketCounts] }));
  }

  /** The points since this was called last. */
  take(time: HrTime): Point[] {
    const points = [...this.#points.values()];
    this.#points = new Map();
    this.#startTime = time;
    return points;
  }

  #pointOf(attributes: Attributes, time: HrTime): Point {
    const key = keyOf(attributes);
    const known = this.#points.get(key);
    if (known) return known;
    if (this.#points.size >= CARDINALITY_LIMIT - 1 && attributes !== OVERFLOW) {
      return this.#pointOf(OVERFLOW, time);
    }
    const point: Point = {
      attributes,
      startTime: this.#startTime ?? time,
      sum: 0,
      count: 0,
      min: Infinity,
      max: -Infinity,
      bucketCounts: this.#boundaries ? Array(this.#boundaries.length + 1).fill(0) : [],
    };
    this.#points.set(key, point);
    return point;
  }
}

function keyOf(attributes: Attributes): string {
  const entries = Object.entries(attributes);
  if (entries.length > 1) entries.sort(([a], [b]) => a < b ? -1 : 1);
  return JSON.stringify(entries);
}

/** The upper boundary of a bucket belongs to it. */
function bucketOf(value: number, boundaries: readonly number[]): number {
  const index = boundaries.findIndex((boundary) => value <= boundary);
  return index < 0 ? boundaries.length : index;
}
