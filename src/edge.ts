/**
 * The package on edge runtimes: telemetry with its exporters, and `Codex` over a remote app-server.
 * Nothing here needs more than the APIs of the web.
 * @module
 */
import { BaseCodex } from "./core/codex.ts";
import { openWebWebSocket } from "./core/app_server/web_web_socket.ts";
import type { CodexOptions, RemoteAppServer, ThreadOptions } from "./core/options.ts";
import { remoteTransport } from "./core/remote_transport.ts";
import type { Thread } from "./core/thread.ts";
import { ToolStatistics } from "./core/tools/tool_metrics.ts";
import type { TransportFactory } from "./core/turn_request.ts";
import { CodexError } from "./errors.ts";
import { Telemetry } from "./telemetry/instance.ts";

/** Creates telemetry of its own, beside the shared one: its handlers and its exports are apart. */
export function createTelemetry(): Telemetry {
  return new Telemetry({
    env: () => Promise.resolve({}),
    pipeline: async () => (await import("./otlp/flush_pipeline.ts")).FLUSH_PIPELINE,
    requestBound: true,
  });
}

/**
 * The shared telemetry instance, which every `Codex` uses unless it is given another one. It does
 * nothing until `configure()` enables it or a handler is attached.
 */
export const telemetry: Telemetry = createTelemetry();

/** What is counted of the tools of this isolate: `metrics()`, `resetMetrics()`. */
export const tools: ToolStatistics = new ToolStatistics();

/** Options of a {@linkcode Codex} on the edge: those that need no process. */
export interface EdgeCodexOptions
  extends Pick<CodexOptions, "apiKey" | "baseUrl" | "config" | "telemetry"> {
  /** The app-server that the turns go to. */
  transport: RemoteAppServer;
}

/** Starts and resumes conversations with the Codex agent behind a remote app-server. */
export class Codex extends BaseCodex {
  /**
   * Creates a `Codex`; it connects with the first turn.
   * @throws {TypeError} when the address, the token or the headers cannot be used.
   * @throws {CodexError} `unsupported` for an option that needs a process.
   */
  constructor(options: EdgeCodexOptions) {
    super(options, { createTransport, statistics: tools, telemetry });
  }

  /**
   * Starts a new conversation. Nothing happens before its first turn.
   * @throws {TypeError} when `tools`, `approvals` or `approvalTimeoutMs` cannot be used.
   * @throws {RangeError} when `approvalTimeoutMs` is not above 0, or above 24.8 days.
   * @throws {CodexError} `unsupported` for `attachments`, which are files.
   */
  override startThread(options: ThreadOptions = {}): Thread {
    refuseFiles(options);
    return super.startThread(options);
  }

  /**
   * Goes on with a conversation that the app-server keeps.
   * @throws {TypeError} when `tools`, `approvals` or `approvalTimeoutMs` cannot be used.
   * @throws {RangeError} when `approvalTimeoutMs` is not above 0, or above 24.8 days.
   * @throws {CodexError} `unsupported` for `attachments`, which are files.
   */
  override resumeThread(id: string, options: ThreadOptions = {}): Thread {
    refuseFiles(options);
    return super.resumeThread(id, options);
  }
}

const PROCESS_OPTIONS = [
  "codexPathOverride",
  "configOverrides",
  "env",
  "stopGraces",
  "cli",
] as const satisfies (keyof CodexOptions)[];

const createTransport: TransportFactory = (options, context) => {
  const { transport } = options;
  if (typeof transport !== "object") throw needsProcess(`transport: "${transport ?? "exec"}"`);
  const option = PROCESS_OPTIONS.find((name) => options[name] !== undefined);
  if (option !== undefined) throw needsProcess(option);
  return remoteTransport(transport, { ...context, options, openWebSocket: openWebWebSocket });
};

function needsProcess(feature: string): CodexError<"unsupported"> {
  return new CodexError(
    "unsupported",
    `There are no processes on the edge for ${feature}. Use a remote app-server: ` +
      "{ transport: { url, token } }.",
    { details: { feature } },
  );
}

function refuseFiles({ attachments }: ThreadOptions): void {
  if (attachments === undefined || attachments.length === 0) return;
  const message = "There are no files on the edge for attachments. Put the text in the prompt.";
  throw new CodexError("unsupported", message, { details: { feature: "attachments" } });
}

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
