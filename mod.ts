/**
 * A Codex SDK with OpenTelemetry built in, for Node, Bun and Deno: it drives the OpenAI Codex CLI,
 * turns what the agent does into telemetry events, and exports spans by OTLP/HTTP JSON.
 *
 * @example Run the agent, with its telemetry in memory
 * ```ts
 * import { Codex, telemetry } from "@codex-otel/sdk";
 * import { scriptedModel } from "@codex-otel/sdk/testing";
 * import assert from "node:assert/strict";
 *
 * await telemetry.configure({ enabled: true, endpoint: "pid://local" });
 * await using model = await scriptedModel(["Done."]);
 * const codex = new Codex(model.codexOptions());
 * await codex.startThread({ skipGitRepoCheck: true }).run("Say that you are done");
 * await codex.close();
 * await telemetry.shutdown();
 * assert.equal(telemetry.memory?.spans[0]?.name, "invoke_agent codex");
 * ```
 * @module
 */
export type {
  ApprovalAnswer,
  ApprovalFunction,
  ApprovalPolicy,
  ApprovalRule,
} from "./src/core/approvals/policy.ts";
export { BaseCodex } from "./src/core/codex.ts";
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
} from "./src/core/options.ts";
export type { ProcessInfo, ProcessRegistry } from "./src/core/processes.ts";
export type { StopGraces } from "./src/core/shutdown_ladder.ts";
export { Thread } from "./src/core/thread.ts";
export type { CodexConfigObject, CodexConfigValue } from "./src/core/toml.ts";
export {
  type JsonSchema,
  type Tool,
  tool,
  type ToolContent,
  type ToolContext,
  type ToolDefinition,
  type ToolResult,
} from "./src/core/tools/tool.ts";
export type { ToolMetrics, ToolStatistics } from "./src/core/tools/tool_metrics.ts";
export type { RunResult, RunStreamedResult, StreamedTurn, Turn } from "./src/core/turn.ts";
export {
  type AnyCodexError,
  CodexError,
  type CodexErrorCode,
  type CodexErrorDetails,
  isCodexError,
} from "./src/errors.ts";
export type { EventBus, EventBusOptions } from "./src/events/bus.ts";
export * from "./src/events/catalogue.ts";
export type { Clock } from "./src/events/clock.ts";
export type { DefaultLoggerOptions, Logger } from "./src/events/default_logger.ts";
export type * from "./src/events/handler.ts";
export type { LogFormat } from "./src/events/log_format.ts";
export type { LogLevel } from "./src/events/log_lines.ts";
export type {
  CollectorEndpoint,
  CollectorFacts,
  SpanReference,
  TelemetrySink,
  TraceCarrier,
} from "./src/events/sink.ts";
export type { Compression, ExporterError, HeaderOption, HeaderRecord } from "./src/otlp/options.ts";
export type {
  Fetch,
  FetchInit,
  FetchResponse,
  TlsFiles,
  TlsMaterial,
  TlsOptions,
} from "./src/otlp/ports.ts";
export type {
  ApprovalCall,
  ApprovalRequest,
  CommandApproval,
  ElicitationApproval,
  FileChangeApproval,
  PermissionsApproval,
} from "./src/protocol/app_server/approvals.ts";
export type * from "./src/protocol/events.ts";
export type * from "./src/protocol/items.ts";
export type { Usage } from "./src/protocol/usage.ts";
export {
  Codex,
  createFiles,
  createTelemetry,
  files,
  processes,
  telemetry,
  tools,
} from "./src/sdk.ts";
export type { Files } from "./src/files/files.ts";
export type { StagedFile, StageOptions, StagingMetrics } from "./src/files/options.ts";
export type { CleanupResult } from "./src/files/removal.ts";
export type { ContentOptions } from "./src/telemetry/content.ts";
export type { Telemetry } from "./src/telemetry/instance.ts";
export type {
  ConfigureOptions,
  EmittedLog,
  LoggerProviderLike,
  ProcessorName,
  SemconvMode,
  SpanCounts,
  TelemetryStatus,
} from "./src/telemetry/options.ts";
export {
  type MemoryExporter,
  memoryExporter,
  type MessageTarget,
  type PortExporter,
  portExporter,
  type SpanMessage,
} from "./src/telemetry/record_exporters.ts";
export type { SpanEventRecord, SpanLinkRecord, SpanRecord } from "./src/telemetry/span_record.ts";
export { VERSION } from "./src/version.ts";
