/**
 * What each kind of span says: every attribute by its name, with its type and its meaning. Whatever
 * writes attributes is typed by these, and `docs/spans.md` is made from them.
 * @module
 */
import type { ThreadResult, TransportName } from "../../events/catalogue.ts";

/** Of any span that failed, or that was cut off. */
export type OutcomeAttributes = {
  /** Class of the error: a code of `CodexError` or of a tool's failure; absent on success. */
  "error.type"?: string;
  /** The span was still open when its turn, or the pipeline, ended. */
  "codex.unfinished"?: true;
};

/** Who a run is, as far as it is known. */
export type IdentityAttributes = {
  /** The thread's id. */
  "gen_ai.conversation.id"?: string;
  /** The thread's id. */
  "codex.thread.id"?: string;
  /** The turn's id; `codex exec` has none. */
  "codex.turn.id"?: string;
  /** `ThreadOptions.metadata.source`; JSON when it is an object. */
  "codex.source"?: string;
  /** Each of the thread's labels. */
  [label: `codex.labels.${string}`]: string | undefined;
};

/** What a turn used itself, never the thread's total: a backend sums these over spans. */
export type UsageAttributes = {
  /** Tokens of input, cached ones included. */
  "gen_ai.usage.input_tokens"?: number;
  /** Tokens of output, those of reasoning included. */
  "gen_ai.usage.output_tokens"?: number;
  /** Tokens of input that came from the provider's cache. */
  "gen_ai.usage.cache_read.input_tokens"?: number;
  /** Tokens of input that were written to the cache; by the newest names `cache_write`. */
  "gen_ai.usage.cache_creation.input_tokens"?: number;
  /** Tokens of input that were written to the cache; only by the newest names. */
  "gen_ai.usage.cache_write.input_tokens"?: number;
  /** Tokens of output that went into reasoning. */
  "gen_ai.usage.reasoning.output_tokens"?: number;
};

/** The content of a turn, each only by its own switch. */
export type TurnContentAttributes = {
  /** What was asked, as JSON; by `content.prompts`. */
  "gen_ai.input.messages"?: string;
  /** What the agent answered, as JSON; by `content.responses`. */
  "gen_ai.output.messages"?: string;
  /** The combined diff of the turn; by `content.diffs`. */
  "codex.turn.diff"?: string;
};

/** The span of a turn. */
export type TurnAttributes =
  & {
    /** What the conventions call a turn. */
    "gen_ai.operation.name"?: "invoke_agent";
    /** Whose API the agent speaks. */
    "gen_ai.provider.name"?: "openai";
    /** Which agent it is. */
    "gen_ai.agent.name"?: "codex";
    /** `ThreadOptions.model`. */
    "gen_ai.request.model"?: string;
    /** The model that answered, where the CLI tells it. */
    "gen_ai.response.model"?: string;
    /** The thread's history was compacted in this turn. */
    "gen_ai.conversation.compacted"?: true;
    /** Host of a remote app-server. */
    "server.address"?: string;
    /** Port of a remote app-server. */
    "server.port"?: number;
    /** Always the same, so that spans of this SDK can be told. */
    "codex.originator"?: "sdk";
    /** How the turn reached the agent. */
    "codex.transport"?: TransportName;
    /** `TurnOptions.trace.workflow`. */
    "codex.workflow"?: string;
    /** `TurnOptions.trace.group`. */
    "codex.group"?: string;
    /** `TurnOptions.trace.traceId`, as it was given. */
    "codex.trace_id"?: string;
    /** `TurnOptions.trace.sensitive`. */
    "codex.trace.sensitive_data"?: boolean;
    /** `TurnOptions.trace.conversationId`. */
    "codex.conversation.id"?: string;
    /** How the turn ended. */
    "codex.thread.result"?: ThreadResult;
    /** Whoever read the events left before the end. */
    "codex.thread.early_exit"?: boolean;
    /** How long the turn took, in milliseconds with a fraction. */
    "codex.duration_ms"?: number;
  }
  & IdentityAttributes
  & UsageAttributes
  & OutcomeAttributes;

/** The content of a tool call, each only by its own switch. */
export type ToolContentAttributes = {
  /** What the tool was given; by `content.toolArguments`. */
  "gen_ai.tool.call.arguments"?: string;
  /** What the tool gave back; by `content.toolOutput`. */
  "gen_ai.tool.call.result"?: string;
};

/** The span of a command, a patch, a web search, an MCP call or a call of `tool()`. */
export type ToolAttributes = {
  /** What the conventions call a tool call. */
  "gen_ai.operation.name"?: "execute_tool";
  /** What the model calls the tool: `exec_command`, `apply_patch`, or the tool's own name. */
  "gen_ai.tool.name"?: string;
  /** Kind of tool, as the conventions have it. */
  "gen_ai.tool.type"?: "function";
  /** Id of the call. */
  "gen_ai.tool.call.id"?: string;
  /** Of a command: the program that it runs. */
  "process.executable.name"?: string;
  /** Of a command: how it exited. */
  "process.exit.code"?: number;
  /** Of an MCP call: its method. */
  "mcp.method.name"?: "tools/call";
  /** Of an MCP call: the server's name in the CLI's configuration. */
  "codex.mcp.server.name"?: string;
  /** Of an MCP call: 1 for the first try. */
  "codex.mcp.attempt"?: number;
} & OutcomeAttributes;

/** The span of the wait for a decision. */
export type ApprovalAttributes = {
  /** `command`, `file_change`, `permissions` or `elicitation`. */
  "codex.approval.kind"?: string;
  /** `allow`, `allow-session`, `deny`, or `timeout` when nobody decided in time. */
  "codex.approval.decision"?: string;
  /** Name of the tool that waits. */
  "codex.tool.name"?: string;
  /** Id of the call that waits. */
  "codex.tool.call_id"?: string;
} & OutcomeAttributes;

/** The span of a compaction. */
export type CompactionAttributes = {
  /** `started`, `completed`, `failed` or `unknown`. */
  "codex.compaction.stage"?: string;
  /** How many tokens it saved, where that is told. */
  "codex.compaction.token_savings"?: number;
} & OutcomeAttributes;

/** Names of the events on a turn's span, each with its attributes. */
export interface SpanEventMap {
  /** The thread has used more tokens. */
  "codex.thread.token_usage.updated": {
    /** The thread's total, by kind of tokens: names of their own, so that nothing is summed twice. */
    [total: `codex.usage.total.${string}`]: number | undefined;
    /** What was added since the last update, by kind of tokens. */
    [delta: `codex.usage.delta.${string}`]: number | undefined;
    /** How many tokens the model can take. */
    "codex.context_window"?: number;
  };
  /** The combined diff of the turn changed. */
  "codex.turn.diff.updated": {
    /** Its length, in characters. */
    "codex.diff.length"?: number;
  };
  /** What the account may still use changed. */
  "codex.rate_limit.updated": {
    /** What the CLI says of it, as JSON. */
    "codex.rate_limits"?: string;
  };
  /** The CLI warns of something and goes on. */
  "codex.turn.warning": {
    /** What it is about. */
    "codex.warning.kind"?: string;
    /** The CLI's own words. */
    "codex.warning.message"?: string;
    /** The CLI's name for the failure behind a retry. */
    "codex.warning.code"?: string;
    /** The status that the model's server answered with, where there was one. */
    "http.response.status_code"?: number;
  };
  /** The turn ended by an error. */
  "exception": {
    /** A code of `CodexError`, or an error's name. */
    "exception.type"?: string;
    /** For people. */
    "exception.message"?: string;
    /** Where it was thrown, where something was. */
    "exception.stacktrace"?: string;
  };
}
