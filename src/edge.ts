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
export type {
  ApprovalAnswer,
  ApprovalFunction,
  ApprovalPolicy,
  ApprovalRule,
} from "./core/approvals/policy.ts";
export { BaseCodex } from "./core/codex.ts";
export type {
  ApprovalMode,
  Attachment,
  CliExportOptions,
  CodexOptions,
  CyberAccessProgram,
  Input,
  ModelReasoningEffort,
  RemoteAppServer,
  SandboxMode,
  ThreadOptions,
  TraceOptions,
  TurnOptions,
  UserInput,
  WebSearchMode,
} from "./core/options.ts";
export type { StopGraces } from "./core/shutdown_ladder.ts";
export { Thread } from "./core/thread.ts";
export type { CodexConfigObject, CodexConfigValue } from "./core/toml.ts";
export {
  type JsonSchema,
  type Tool,
  tool,
  type ToolContent,
  type ToolContext,
  type ToolDefinition,
  type ToolResult,
} from "./core/tools/tool.ts";
export type { ToolMetrics, ToolStatistics } from "./core/tools/tool_metrics.ts";
export type { RunResult, RunStreamedResult, StreamedTurn, Turn } from "./core/turn.ts";
export {
  type AnyCodexError,
  CodexError,
  type CodexErrorCode,
  type CodexErrorDetails,
  isCodexError,
} from "./errors.ts";
export { Codex, createTelemetry, type EdgeCodexOptions, telemetry, tools } from "./edge_sdk.ts";
export type { EventBus, EventBusOptions } from "./events/bus.ts";
export * from "./events/catalogue.ts";
export type { Clock } from "./events/clock.ts";
export type { DefaultLoggerOptions, Logger } from "./events/default_logger.ts";
export type * from "./events/handler.ts";
export type { LogFormat } from "./events/log_format.ts";
export type { LogLevel } from "./events/log_lines.ts";
export type {
  CollectorEndpoint,
  CollectorFacts,
  SpanReference,
  TelemetrySink,
  TraceCarrier,
} from "./events/sink.ts";
export type { OtlpMetricExporterOptions } from "./otlp/metric_exporter.ts";
export type {
  Compression,
  ExporterError,
  ExporterStats,
  HeaderOption,
  HeaderRecord,
  OtlpExporterOptions,
} from "./otlp/options.ts";
export type {
  Fetch,
  FetchInit,
  FetchResponse,
  TlsFiles,
  TlsMaterial,
  TlsOptions,
} from "./otlp/ports.ts";
export type {
  ApprovalCall,
  ApprovalRequest,
  CommandApproval,
  ElicitationApproval,
  FileChangeApproval,
  PermissionsApproval,
} from "./protocol/app_server/approvals.ts";
export type * from "./protocol/events.ts";
export type * from "./protocol/items.ts";
export type { Usage } from "./protocol/usage.ts";
export { OTLPLogExporter, OTLPMetricExporter, OTLPTraceExporter } from "./otlp/edge_exporters.ts";
export type { ContentOptions } from "./telemetry/content.ts";
export type { Telemetry } from "./telemetry/instance.ts";
export type {
  ConfigureOptions,
  EmittedLog,
  LoggerProviderLike,
  ProcessorName,
  SemconvMode,
  SpanCounts,
  TelemetryStatus,
} from "./telemetry/options.ts";
export {
  type MemoryExporter,
  memoryExporter,
  type MessageTarget,
  type PortExporter,
  portExporter,
  type SpanMessage,
} from "./telemetry/record_exporters.ts";
export type { SpanEventRecord, SpanLinkRecord, SpanRecord } from "./telemetry/span_record.ts";
export { VERSION } from "./version.ts";
