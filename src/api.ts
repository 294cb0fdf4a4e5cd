/**
 * What every entry point of the client exports, whatever the platform.
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
export type { Compression, ExporterError, HeaderOption, HeaderRecord } from "./otlp/options.ts";
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
