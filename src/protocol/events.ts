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
  labels?: Record<string, string>;
  [field: string]: unknown;
}

/** The first event of a new thread. */
export interface ThreadStartedEvent {
  type: "thread.started";
  /** Identifies the thread; pass it to `resumeThread()` later. */
  thread_id: string;
  /** Not written by `codex exec` itself. */
  metadata?: ThreadMetadata;
}

/** A prompt went to the model. */
export interface TurnStartedEvent {
  type: "turn.started";
  /** Written by the app-server, not by `codex exec`. */
  turn_id?: string;
  thread_id?: string;
}

/** The turn is over. The usage of `codex exec` is cumulative over the thread. */
export interface TurnCompletedEvent {
  type: "turn.completed";
  usage: Usage;
  turn_id?: string;
  /** Written by some producers: `"early_exit"` and `"failed"` change the result of the turn. */
  status?: string;
  /** Written by some producers beside, or instead of, an `agent_message` item. */
  final_response?: { type: "text"; text: string } | string;
}

/** The turn failed. */
export interface TurnFailedEvent {
  type: "turn.failed";
  error: ThreadError;
}

/** An item began. */
export interface ItemStartedEvent {
  type: "item.started";
  item: ThreadItem;
}

/** An item changed. */
export interface ItemUpdatedEvent {
  type: "item.updated";
  item: ThreadItem;
}

/** An item reached its end, well or not. */
export interface ItemCompletedEvent {
  type: "item.completed";
  item: ThreadItem;
}

/** What went wrong. */
export interface ThreadError {
  message: string;
}

/** An error that the event stream itself reports. */
export interface ThreadErrorEvent {
  type: "error";
  message: string;
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
  type: "thread.token_usage.updated";
  thread_id?: string;
  turn_id?: string;
  /** The thread's total. */
  usage: Partial<Usage>;
  /** What was added since the last update. */
  delta?: Partial<Usage>;
  /** Tokens that the model's context holds at most. */
  context_window?: number;
}

/** The turn's combined diff changed. */
export interface TurnDiffUpdatedEvent {
  type: "turn.diff.updated";
  thread_id?: string;
  turn_id?: string;
  /** A unified diff, or what the producer wrote for one. */
  diff: unknown;
}

/** The thread's history is being compacted. */
export interface TurnCompactionEvent {
  type: `turn.compaction.${"started" | "completed" | "failed" | "unknown"}`;
  thread_id?: string;
  turn_id?: string;
  compaction?: { token_savings?: number; [field: string]: unknown };
}

/** What the account may still use. */
export interface RateLimitUpdatedEvent {
  type: "rate_limit.updated";
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
