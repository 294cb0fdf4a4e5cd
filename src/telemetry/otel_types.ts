/**
 * Types of OpenTelemetry that the options and records name; why they are here is told in
 * `otlp/otel_types.ts`.
 * @module
 */
import type * as api from "@opentelemetry/api";
import type * as trace from "@opentelemetry/sdk-trace-base";

export type { ExportResult, ReadableSpan, SpanExporter } from "../otlp/otel_types.ts";

/** @internal */
export type Attributes = api.Attributes;

/** @internal */
export type Sampler = trace.Sampler;

/** @internal */
export type TracerProvider = api.TracerProvider;

/** @internal */
export type MeterProvider = api.MeterProvider;

/** @internal */
export type Context = api.Context;
