import { JsonMetricsSerializer } from "@opentelemetry/otlp-transformer";
import type { MetricData } from "@opentelemetry/sdk-metrics";
import { joinPieces, type MetricPiece } from "./metric_items.ts";
import { hasOddNumber, markOddNumbers, unmarkOddNumbers } from "./odd_numbers.ts";
import { hasOddResource, resourceMarker } from "./resource_marker.ts";

type Point = MetricData["dataPoints"][number];

/** Encodes pieces of one collection as an OTLP JSON request. */
export function encodeMetrics(pieces: MetricPiece[]): Uint8Array<ArrayBuffer> {
  const isOdd = hasOddResource(pieces) ||
    pieces.some(({ metric }) => metric.dataPoints.some(isOddPoint));
  const metrics = joinPieces(isOdd ? markedPieces(pieces) : pieces);
  const bytes = JsonMetricsSerializer.serializeRequest(metrics);
  return isOdd ? unmarkOddNumbers(bytes!) : bytes as Uint8Array<ArrayBuffer>;
}

/** The values of points are no `AnyValue`: there, only what is not finite is odd. */
function isOddPoint({ attributes, value }: Point): boolean {
  return hasOddNumber(attributes) || Object.values(typeof value === "number" ? { value } : value)
    .some(isNotFinite);
}

function markedPieces(pieces: MetricPiece[]): MetricPiece[] {
  const markResource = resourceMarker();
  return pieces.map(({ resource, scope, metric }) => ({
    resource: markResource(resource),
    scope,
    metric: { ...metric, dataPoints: (metric.dataPoints as Point[]).map(marked) } as MetricData,
  }));
}

function marked(point: Point): Point {
  const { attributes, value } = point;
  return { ...point, attributes: markOddNumbers(attributes), value: finite(value) } as Point;
}

/** Those that are not finite as text, as ProtoJSON has it. */
function finite(value: Point["value"]): unknown {
  if (typeof value === "number") return isNotFinite(value) ? String(value) : value;
  const entries = Object.entries(value);
  return Object.fromEntries(
    entries.map(([name, part]) => [name, isNotFinite(part) ? String(part) : part]),
  );
}

function isNotFinite(value: unknown): boolean {
  return typeof value === "number" && !Number.isFinite(value);
}
