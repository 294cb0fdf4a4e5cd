/**
 * Events of a turn, as `codex exec --json` prints them, one JSON object a line.
 * @module
 */
import type { ThreadItem } from "./items.ts";
import type { Usage } from "./usage.ts";

/** What a thread's creator said about it; echoed by producers that keep it. */
export interface ThreadMetadata {
  /** Where the thread comes from; becomes the telemetry `source`. */
  source?: string | Record<string, unknown>;
  /** Names and values of the creator's choice. */
  labels?: Record<string, string>;
  /** Whatever else the creator said. */
  [field: string]: unknown;
}

/** The first event of a new thread. */
export interface ThreadStartedEvent {
  /** Tells the events apart. */
  type: "thread.started";
  /** Identifies the thread; pass it to `resumeThread()` later. */
  thread_id: string;
  /** Not written by `codex exec` itself. */
  metadata?: ThreadMetadata;
}

/** A prompt went to the model. */
export interface TurnStartedEvent {
  /** Tells the events apart. */
  type: "turn.started";
  /** Written by the app-server, not by `codex exec`. */
  turn_id?: string;
  /** The turn's thread. Not written by `codex exec`. */
  thread_id?: string;
}

/** The turn is over. The usage of `codex exec` is cumulative over the thread. */
export interface TurnCompletedEvent {
  /** Tells the events apart. */
  type: "turn.completed";
  /** As the CLI reports it; for what the turn itself used see `Turn.turnUsage`. */
  usage: Usage;
  /** What the turn itself used, where that is known. Written by the app-server. */
  turn_usage?: Partial<Usage>;
  /** The turn that is over. Not written by `codex exec`. */
  turn_id?: string;
  /** The turn's thread. Not written by `codex exec`. */
  thread_id?: string;
  /** Written by some producers: `"early_exit"` and `"failed"` change the result of the turn. */
  status?: string;
  /** Written by some producers beside, or instead of, an `agent_message` item. */
  final_response?: { type: "text"; text: string } | string;
}

/** The turn failed. */
export interface TurnFailedEvent {
  /** Tells the events apart. */
  type: "turn.failed";
  /** Why, in the agent's words. */
  error: ThreadError;
  /** The thread's total so far. Written by the app-server. */
  usage?: Usage;
  /** What the turn itself used, where that is known. Written by the app-server. */
  turn_usage?: Partial<Usage>;
  /** The turn that failed. Not written by `codex exec`. */
  turn_id?: string;
  /** The turn's thread. Not written by `codex exec`. */
  thread_id?: string;
}

/** An item began. */
export interface ItemStartedEvent {
  /** Tells the events apart. */
  type: "item.started";
  /** The item as it begins: a command without its output. */
  item: ThreadItem;
  /** The item's turn. Not written by `codex exec`. */
  turn_id?: string;
  /** The item's thread. Not written by `codex exec`. */
  thread_id?: string;
}

/** An item changed. */
export interface ItemUpdatedEvent {
  /** Tells the events apart. */
  type: "item.updated";
  /** The whole item as it is now, not only what changed. */
  item: ThreadItem;
  /** The item's turn. Not written by `codex exec`. */
  turn_id?: string;
  /** The item's thread. Not written by `codex exec`. */
  thread_id?: string;
}

/** An item reached its end, well or not. */
export interface ItemCompletedEvent {
  /** Tells the events apart. */
  type: "item.completed";
  /** The whole item as it ended. */
  item: ThreadItem;
  /** The item's turn. Not written by `codex exec`. */
  turn_id?: string;
  /** The item's thread. Not written by `codex exec`. */
  thread_id?: string;
}

/** What went wrong. */
export interface ThreadError {
  /** For people. */
  message: string;
  /** The app-server's name for it, such as `usage_limit_exceeded`. Not written by `codex exec`. */
  code?: string;
  /** The HTTP status of the model's server, where the app-server tells it. */
  http_status?: number;
}

/** An error that the event stream itself reports. */
export interface ThreadErrorEvent {
  /** Tells the events apart. */
  type: "error";
  /**
   * For people. It may be about a retry, such as `Reconnecting... 1/5`; that the turn failed is
   * what `turn.failed` says.
   */
  message: string;
  /** Whether the turn goes on with another attempt. Written by the app-server. */
  will_retry?: boolean;
  /** The app-server's name for it, such as `usage_limit_exceeded`. Not written by `codex exec`. */
  code?: string;
  /** The HTTP status of the model's server, where the app-server tells it. */
  http_status?: number;
  /** The turn it is about. Not written by `codex exec`. */
  turn_id?: string;
  /** The turn's thread. Not written by `codex exec`. */
  thread_id?: string;
}

/** Every event that the official SDK knows, told apart by `type`. */
export type ThreadEvent =
  | ThreadStartedEvent
  | TurnStartedEvent
  | TurnCompletedEvent
  | TurnFailedEvent
  | ItemStartedEvent
  | ItemUpdatedEvent
  | ItemCompletedEvent
  | ThreadErrorEvent;

/** Token counts changed while a turn runs. */
export interface TokenUsageUpdatedEvent {
  /** Tells the events apart. */
  type: "thread.token_usage.updated";
  /** The thread it is about, where the producer says so. */
  thread_id?: string;
  /** The turn it is about, where the producer says so. */
  turn_id?: string;
  /** The thread's total. */
  usage: Partial<Usage>;
  /** What was added since the last update. */
  delta?: Partial<Usage>;
  /**
   * The counts of the last request to the model, which is not what was added: updates repeat
   * themselves. Written by the app-server.
   */
  last_usage?: Partial<Usage>;
  /** Tokens that the model's context holds at most. */
  context_window?: number;
}

/** The turn's combined diff changed. */
export interface TurnDiffUpdatedEvent {
  /** Tells the events apart. */
  type: "turn.diff.updated";
  /** The thread it is about, where the producer says so. */
  thread_id?: string;
  /** The turn it is about, where the producer says so. */
  turn_id?: string;
  /** A unified diff, or what the producer wrote for one. */
  diff: unknown;
}

/** The thread's history is being compacted. */
export interface TurnCompactionEvent {
  /** Tells the events apart, and where the compaction stands. */
  type: `turn.compaction.${"started" | "completed" | "failed" | "unknown"}`;
  /** The thread it is about, where the producer says so. */
  thread_id?: string;
  /** The turn it is about, where the producer says so. */
  turn_id?: string;
  /** What the producer says of it, such as how many tokens it saves. */
  compaction?: { token_savings?: number; [field: string]: unknown };
}

/** What the account may still use. */
export interface RateLimitUpdatedEvent {
  /** Tells the events apart. */
  type: "rate_limit.updated";
  /** The limits, as the producer writes them. */
  rate_limits: unknown;
}

/**
 * Events that arrive beside the official SDK's. A stream passes every event on as its producer
 * wrote it, also with a type that nobody here knows; iterate with
 * `events as AsyncIterable<AnyThreadEvent>` to name these types in a `switch`.
 */
export type AnyThreadEvent =
  | ThreadEvent
  | TokenUsageUpdatedEvent
  | TurnDiffUpdatedEvent
  | TurnCompactionEvent
  | RateLimitUpdatedEvent;
