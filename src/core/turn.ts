import { asFields, type Fields, isFields, stringField } from "../protocol/fields.ts";
import { finalResponseOf } from "../protocol/final_response.ts";
import { itemKind } from "../protocol/kinds.ts";
import type { AnyThreadEvent, ThreadEvent } from "../protocol/events.ts";
import type { ThreadItem } from "../protocol/items.ts";
import type { TokenCounts, Usage } from "../protocol/usage.ts";

/** A completed turn. */
export interface Turn {
  /** The items that reached their end, in order. */
  items: ThreadItem[];
  /** The agent's last message, or the empty string. */
  finalResponse: string;
  /** As the CLI reports it: with the exec transport, cumulative over the thread. */
  usage: Usage | null;
  /** What this turn added to the thread's usage; null where it is not known. */
  turnUsage: TokenCounts | null;
  /** The thread's id, for `resumeThread()`; null where the CLI did not tell it. */
  threadId: string | null;
  /** Null where the transport does not tell: `codex exec` has no turn ids. */
  turnId: string | null;
}

/** What `run()` resolves with. */
export type RunResult = Turn;

/** A turn whose events are read as they come. */
export interface StreamedTurn {
  /**
   * The events, once. Leaving the loop ends the turn. A type that nobody here knows is passed on.
   * The turn begins with the first `next()`.
   */
  events: AsyncGenerator<ThreadEvent>;
  /**
   * Calls a function in which the turn's span is the active one: a loop over `events` runs in the
   * context of its caller, which nobody else can change. A plain call before the turn has begun,
   * after its end, and where nothing is traced.
   */
  within<T>(fn: () => T): T;
}

/** What `runStreamed()` resolves with. */
export type RunStreamedResult = StreamedTurn;

/** Gathers a turn from its events. */
export class TurnCollector {
  readonly items: ThreadItem[] = [];
  usage: Usage | null = null;
  turnId: string | null = null;
  #message: string | undefined;
  #response: string | undefined;

  /** The agent's last message; what `turn.completed` says of it where there was no message. */
  get finalResponse(): string {
    return this.#message ?? this.#response ?? "";
  }

  /** Takes one event; `kind` is its type in the one spelling. */
  observe(kind: string, event: AnyThreadEvent): void {
    const fields = asFields(event);
    this.turnId = stringField(fields, "turn_id", "turnId") ?? this.turnId;
    if (kind === "item.completed") this.#add(fields["item"]);
    else if (kind === "turn.completed") this.#complete(fields);
  }

  #add(item: unknown): void {
    if (!isFields(item)) return;
    this.items.push(item as unknown as ThreadItem);
    const { type } = item;
    if (typeof type === "string" && itemKind(type) === "agent_message") {
      this.#message = stringField(item, "text") ?? this.#message;
    }
  }

  #complete(event: Fields): void {
    if (isFields(event["usage"])) this.usage = event["usage"] as unknown as Usage;
    this.#response = finalResponseOf(event);
  }
}
