/**
 * Types of OpenTelemetry that the exporters' own types name. `deno doc --lint` (Deno 2.9.6) takes
 * every type of a file for one of this package, those in `node_modules` too, and asks that it be
 * public; one that is marked internal it lets pass.
 * See https://github.com/denoland/deno/pull/34339, which helps only with modules that are no files.
 * @module
 */
import type * as core from "@opentelemetry/core";
import type * as logs from "@opentelemetry/sdk-logs";
import type * as metrics from "@opentelemetry/sdk-metrics";
import type * as trace from "@opentelemetry/sdk-trace-base";

/** @internal */
export type ExportResult = core.ExportResult;

/** @internal */
export type ReadableLogRecord = logs.ReadableLogRecord;

/** @internal */
export type LogRecordExporter = logs.LogRecordExporter;

/** @internal */
export type AggregationOption = metrics.AggregationOption;

/** @internal */
export type AggregationTemporality = metrics.AggregationTemporality;

/** @internal */
export type InstrumentType = metrics.InstrumentType;

/** @internal */
export type PushMetricExporter = metrics.PushMetricExporter;

/** @internal */
export type ResourceMetrics = metrics.ResourceMetrics;

/** @internal */
export type ReadableSpan = trace.ReadableSpan;

/** @internal */
export type SpanExporter = trace.SpanExporter;
