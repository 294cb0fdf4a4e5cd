import type { MetricData } from "@opentelemetry/sdk-metrics";
import type { MetricPiece } from "../metric_items.ts";
import { encodeRequest, type Envelope } from "./request.ts";
import {
  attributes,
  double,
  isInt64,
  list,
  nanoseconds,
  numberField,
  text,
  textField,
} from "./values.ts";

type Kind = MetricData["dataPointType"];
type Of<Name extends Kind> = Extract<MetricData, { dataPointType: Name }>;
type PointOf<Name extends Kind> = Of<Name>["dataPoints"][number];

/** By `DataPointType` of OpenTelemetry JS: numbers, because the enum would bring the whole SDK. */
const WRITERS: { [Name in Kind]: (metric: Of<Name>) => string } = {
  0: (metric) =>
    `"histogram":{${temporality(metric)},"dataPoints":${list(metric.dataPoints, histogramJson)}}`,
  1: (metric) =>
    `"exponentialHistogram":{${temporality(metric)},` +
    `"dataPoints":${list(metric.dataPoints, exponentialJson)}}`,
  2: (metric) => `"gauge":{"dataPoints":${list(metric.dataPoints, numberJson(metric))}}`,
  3: (metric) =>
    `"sum":{${temporality(metric)},"isMonotonic":${metric.isMonotonic === true},` +
    `"dataPoints":${list(metric.dataPoints, numberJson(metric))}}`,
};

const ENVELOPE: Envelope<MetricPiece> = {
  resources: "resourceMetrics",
  scopes: "scopeMetrics",
  items: "metrics",
  write: ({ metric }) => metricJson(metric),
};

/** Encodes metrics as an OTLP JSON request (`ExportMetricsServiceRequest`). */
export function encodeMetrics(pieces: readonly MetricPiece[]): Uint8Array<ArrayBuffer> {
  return encodeRequest(pieces, ENVELOPE);
}

function metricJson(metric: MetricData): string {
  const { name, description, unit } = metric.descriptor;
  const write = WRITERS[metric.dataPointType] as (metric: MetricData) => string;
  return `{"name":${text(name)}${textField("description", description)}` +
    `${textField("unit", unit)},${write(metric)}}`;
}

/** The protocol has a value for "unspecified" before the SDK's first. */
function temporality({ aggregationTemporality }: MetricData): string {
  return `"aggregationTemporality":${aggregationTemporality + 1}`;
}

function pointStart({ attributes: record, startTime, endTime }: PointOf<Kind>): string {
  return `"attributes":${attributes(record)},"startTimeUnixNano":${nanoseconds(startTime)}` +
    `,"timeUnixNano":${nanoseconds(endTime)}`;
}

function numberJson({ descriptor }: MetricData): (point: PointOf<2>) => string {
  const isInt = descriptor.valueType === 0; // `ValueType.INT`
  return (point) => {
    const name = isInt && isInt64(point.value) ? "asInt" : "asDouble";
    return `{${pointStart(point)}${numberField(name, point.value)}}`;
  };
}

function histogramJson(point: PointOf<0>): string {
  const { buckets, count, sum, min, max } = point.value;
  return `{${pointStart(point)},"bucketCounts":${list(buckets.counts, double)}` +
    `,"explicitBounds":${list(buckets.boundaries, double)}` +
    numberField("count", count) + numberField("sum", sum) +
    `${numberField("min", min)}${numberField("max", max)}}`;
}

function exponentialJson(point: PointOf<1>): string {
  const { count, sum, min, max, scale, zeroCount, positive, negative } = point.value;
  return `{${pointStart(point)}${numberField("count", count)}${numberField("sum", sum)}` +
    numberField("min", min) + numberField("max", max) +
    numberField("scale", scale) + numberField("zeroCount", zeroCount) +
    `,"positive":${bucketsJson(positive)},"negative":${bucketsJson(negative)}}`;
}

function bucketsJson({ offset, bucketCounts }: PointOf<1>["value"]["positive"]): string {
  return `{"offset":${offset},"bucketCounts":${list(bucketCounts, double)}}`;
}
