/**
 * Metrics in pieces that can be divided over requests.
 * @module
 */
import type { MetricData, ResourceMetrics, ScopeMetrics } from "@opentelemetry/sdk-metrics";

/** Data points in one piece; a metric with more is divided. */
export const POINTS_PER_PIECE = 500;

/**
 * A metric, or a part of its data points, with where it belongs.
 * @internal
 */
export interface MetricPiece {
  resource: ResourceMetrics["resource"];
  instrumentationScope: ScopeMetrics["scope"];
  metric: MetricData;
}

/** Takes one collection apart. A metric without data points is left out. */
export function metricPieces({ resource, scopeMetrics }: ResourceMetrics): MetricPiece[] {
  return scopeMetrics.flatMap(({ scope, metrics }) =>
    metrics.flatMap(divide).map((metric) => ({ resource, instrumentationScope: scope, metric }))
  );
}

function divide(metric: MetricData): MetricData[] {
  const points: readonly unknown[] = metric.dataPoints;
  const parts: MetricData[] = [];
  for (let from = 0; from < points.length; from += POINTS_PER_PIECE) {
    const dataPoints = points.slice(from, from + POINTS_PER_PIECE);
    parts.push({ ...metric, dataPoints } as MetricData);
  }
  return parts;
}
