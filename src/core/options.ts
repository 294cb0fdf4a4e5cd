/**
 * What callers can ask for: a superset of the official SDK's options, under the same names.
 * @module
 */
import type { TelemetrySink } from "../events/sink.ts";
import type { ThreadMetadata } from "../protocol/events.ts";
import type { ApprovalPolicy } from "./approvals/policy.ts";
import type { StopGraces } from "./shutdown_ladder.ts";
import type { CodexConfigObject } from "./toml.ts";
import type { Tool } from "./tools/tool.ts";

/** When the agent asks before it acts. */
export type ApprovalMode = "never" | "on-request" | "on-failure" | "untrusted";

/** What the agent's commands may touch. */
export type SandboxMode = "read-only" | "workspace-write" | "danger-full-access";

/** How long the model thinks. */
export type ModelReasoningEffort =
  | "minimal"
  | "low"
  | "medium"
  | "high"
  | "xhigh"
  | "max"
  | "ultra"
  | "persistent";

/** Where web searches go. */
export type WebSearchMode = "disabled" | "cached" | "live";

/** Experimental selection of the built-in OpenAI provider. */
export type CyberAccessProgram = "standard" | "daybreak_blue" | "daybreak_red";

/** A remote app-server, and what it wants to see. */
export interface RemoteAppServer {
  /**
   * `ws:` or `wss:`. Certificates are checked against the runtime's own roots; an authority of your
   * own is added by the variable `NODE_EXTRA_CA_CERTS` under Node and Bun, `DENO_CERT` under Deno.
   */
  url: string;
  /** Sent as `Authorization: Bearer`. */
  token?: string;
  /** More headers of the upgrade request. */
  headers?: Record<string, string>;
}

/** Which of its own telemetry the CLI exports, and how much of it. */
export interface CliExportOptions {
  /** The CLI's internal spans, below the span of the turn: about 400 a turn (CLI 0.169), 0.9 MB. */
  traces?: boolean;
  /**
   * The CLI's log records. They hold the arguments and the output of tools, which no switch of
   * `configure({ content })` and no redactor reaches.
   */
  logs?: boolean;
  /** The CLI's metrics, in place of its vendor. */
  metrics?: boolean;
  /**
   * Which spans the CLI keeps: by default those of the turns that have spans here. A number from
   * 0 to 1 is the share of the traces that hold the CLI's spans, chosen by trace id.
   */
  sampler?: "always_on" | "always_off" | number;
}

/** Options of a `Codex`. */
export interface CodexOptions {
  /**
   * Path of the CLI. Without it, the CLI is looked up: the variable `CODEX_PATH`, the native
   * binary of an installed `@openai/codex`, then `codex` on `PATH`.
   */
  codexPathOverride?: string;
  /** Base URL of the OpenAI API, handed to the CLI as `openai_base_url`. */
  baseUrl?: string;
  /**
   * API key, never on a command line: `codex exec` gets it in `CODEX_API_KEY`, an app-server by a
   * login that it keeps in memory. A remote app-server is logged in for all its clients.
   */
  apiKey?: string;
  /** Config overrides: flattened into dotted keys, written as TOML literals. */
  config?: CodexConfigObject;
  /** Raw `key=value` overrides, passed unchanged after `config` and before what the SDK sets. */
  configOverrides?: string[];
  /** The CLI's environment. When given, nothing is inherited from this process. */
  env?: Record<string, string>;
  /**
   * How turns reach the agent: `"exec"` (the default) starts one CLI process a turn;
   * `"app-server"` keeps one for all threads, which is faster and can ask for approvals and call
   * tools; an object is a remote app-server, reached by WebSocket.
   */
  transport?: "exec" | "app-server" | RemoteAppServer;
  /**
   * How long a process of the CLI that is to end may take for each step: `askMs` (2 seconds by
   * default) after its input was closed, then `termMs` (3 seconds) after SIGTERM; then it is killed.
   */
  stopGraces?: Partial<StopGraces>;
  /**
   * Has the CLI export its own telemetry to the collector that ours goes to; off by default, and
   * without effect where ours goes to no collector. It wins over `"none"` in the user's `[otel]`;
   * a signal for which `config`, `configOverrides` or `$CODEX_HOME/config.toml` names an exporter is
   * left to that. Headers go in the environment, which the agent's commands do not see, and are
   * asked for when the CLI is started. Not for a remote app-server.
   */
  cli?: CliExportOptions;
  /** Where telemetry goes: the shared instance by default, or one of `createTelemetry()`. */
  telemetry?: TelemetrySink;
}

/** A file that goes to the agent with a turn; `files.stage()` makes one. */
export interface Attachment {
  /** The file's name, as the agent is told it. */
  name: string;
  /** Absolute path. */
  path: string;
  /** An image is shown to the agent; any other file is named in the prompt, for it to read. */
  kind: "image" | "file";
}

/** Options of a `Thread`. */
export interface ThreadOptions {
  /** The model, such as `"gpt-5"`. */
  model?: string;
  /** Source classification, applied when the thread is first created. */
  threadSource?: string;
  /** What the agent's commands may touch; by default as the CLI is configured. */
  sandboxMode?: SandboxMode;
  /** Where the agent works; the current directory by default. */
  workingDirectory?: string;
  /** Lets the agent work outside a git repository. */
  skipGitRepoCheck?: boolean;
  /** How long the model thinks; by default as the CLI is configured. */
  modelReasoningEffort?: ModelReasoningEffort;
  /** Whether commands in the sandbox `workspace-write` may use the network. */
  networkAccessEnabled?: boolean;
  /** Where web searches go; by default as the CLI is configured. */
  webSearchMode?: WebSearchMode;
  /** `true` is `webSearchMode: "live"`, `false` is `"disabled"`; `webSearchMode` wins. */
  webSearchEnabled?: boolean;
  /** When the agent asks before it acts; `codex exec` never asks. */
  approvalPolicy?: ApprovalMode;
  /** More folders that the agent may write to. */
  additionalDirectories?: string[];
  /** Files that go to the agent; `files.attach()` adds one. */
  attachments?: readonly Attachment[];
  /** What the caller says of the thread; its `source` goes with every telemetry event. */
  metadata?: ThreadMetadata;
  /**
   * Names and values that go with every telemetry event of the thread; its turns' spans have each as
   * `codex.labels.NAME`. They win over those of `metadata`.
   */
  labels?: Record<string, string>;
  /** Tools that the agent can call and that run in this process. Needs an app-server. */
  tools?: readonly Tool[];
  /**
   * Who answers when the agent asks for approval. Without it nothing is approved, and the agent is
   * told not to ask unless `approvalPolicy` says so. Needs an app-server: `codex exec` never asks.
   */
  approvals?: ApprovalPolicy;
  /** How long an approval function may take before the request is denied; 30 seconds by default. */
  approvalTimeoutMs?: number;
}

/** What telemetry is told of one run. */
export interface TraceOptions {
  /** Names what this run is a step of; the span has it as `codex.workflow`. */
  workflow?: string;
  /** Marks runs that belong together; the span has it as `codex.group`. */
  group?: string;
  /** The trace to be part of: 32 hex digits, or any string, which stands for a trace of its own. */
  traceId?: string;
  /** `false` keeps content out of the spans of this run, `true` lets it in. */
  sensitive?: boolean;
  /** `true` makes no span for this run; its events stay. */
  disabled?: boolean;
  /** The caller's own id of the conversation; the span has it as `codex.conversation.id`. */
  conversationId?: string;
}

/** Options of one turn. */
export interface TurnOptions {
  /** Experimental, for the built-in OpenAI provider; the server decides by default. */
  cyberAccessProgram?: CyberAccessProgram;
  /** JSON schema of the answer, a plain object. */
  outputSchema?: unknown;
  /** Aborts the turn; everything it started is ended. */
  signal?: AbortSignal;
  /** Ends the turn with `timeout` after this many milliseconds. */
  timeoutMs?: number;
  /** Ends the turn with `timeout` when the agent says nothing for this many milliseconds. */
  idleTimeoutMs?: number;
  /** What telemetry is told of this run. */
  trace?: TraceOptions;
  /**
   * Also gives an `item.updated` for each piece of text that the model writes, with the text so
   * far. Needs an app-server.
   */
  deltas?: boolean;
}

/** One piece of input: text, or an image file. */
export type UserInput =
  | { type: "text"; text: string }
  | { type: "local_image"; path: string };

/** What a turn is given. */
export type Input = string | UserInput[];
