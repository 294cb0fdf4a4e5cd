/**
 * The package on edge runtimes: telemetry with its exporters, and `Codex` over a remote app-server.
 * Nothing here needs more than the APIs of the web.
 *
 * What a request to a Worker began (a `fetch`, a timer, a promise) ends with it. So spans are kept
 * until `telemetry.flush()` is called, and sent while somebody waits for that: give it to
 * `waitUntil`. Spans that were on their way when a request ended are sent again by the next flush.
 *
 * @example Send the spans of a request after its answer
 * ```ts
 * import { telemetry } from "@codex-otel/sdk/edge";
 * import { otlpReceiver } from "@codex-otel/sdk/testing";
 * import assert from "node:assert/strict";
 *
 * type Context = { waitUntil(promise: Promise<unknown>): void };
 * const worker = {
 *   async fetch(_request: Request, env: object, context: Context): Promise<Response> {
 *     if (!telemetry.status().enabled) await telemetry.configure({ env });
 *     telemetry.span("codex.thread", { input: "Hi", transport: "websocket" }, () => {});
 *     context.waitUntil(telemetry.flush());
 *     return new Response("Hello!");
 *   },
 * };
 *
 * // What the platform does
 * await using collector = await otlpReceiver();
 * const env = { CODEX_OTLP_ENABLE: "1", CODEX_OTLP_ENDPOINT: collector.url };
 * const waiting: Promise<unknown>[] = [];
 * const context = { waitUntil: (promise: Promise<unknown>) => void waiting.push(promise) };
 * await worker.fetch(new Request("https://worker.example.com"), env, context);
 * await Promise.all(waiting);
 * assert.equal(collector.spans[0]?.name, "invoke_agent codex");
 * ```
 * @module
 */
export * from "./api.ts";
export { Codex, createTelemetry, type EdgeCodexOptions, telemetry, tools } from "./edge_sdk.ts";
export type { OtlpMetricExporterOptions } from "./otlp/metric_exporter.ts";
export type { ExporterStats, OtlpExporterOptions } from "./otlp/options.ts";
export { OTLPLogExporter, OTLPMetricExporter, OTLPTraceExporter } from "./otlp/edge_exporters.ts";
