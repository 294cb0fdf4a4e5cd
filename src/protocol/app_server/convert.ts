/**
 * Notifications of the app-server as the events of `codex exec --json`. Exec (0.169) is made of the
 * same notifications, so that what follows from one is decided here as it is there; see
 * docs/app-server.md for what is added.
 * @module
 */
import type { AnyThreadEvent } from "../events.ts";
import { asFields, type Fields, isFields, stringField } from "../fields.ts";
import type { ThreadItem } from "../items.ts";
import type { TokenCounts } from "../usage.ts";
import { convertChanges, convertItem, isBlankReasoning } from "./item.ts";
import { isDelta, ItemDeltas } from "./item_deltas.ts";
import { deepSnakeFields, snakeFields, turnIdOf } from "./names.ts";
import { readNote } from "./note.ts";
import { Plan } from "./plan.ts";
import { readTokenReport, TokenTotal } from "./token_total.ts";
import { readTurnEnd } from "./turn_end.ts";
import { readTurnError, type TurnErrorSummary } from "./turn_error.ts";

/** What is known of a turn before it starts. */
export interface TurnConverterOptions {
  /** The thread's total before the turn, where it is known: `ZERO_COUNTS` for a new thread. */
  base?: TokenCounts | undefined;
  /** Yields `item.updated` for messages, reasoning and command output as they grow. */
  deltas?: boolean | undefined;
}

type Converter = (params: Fields) => AnyThreadEvent[];

/** Converts the notifications of one turn, in the order they came. */
export class TurnConverter {
  readonly #tokens: TokenTotal;
  readonly #deltas: ItemDeltas | undefined;
  readonly #plan = new Plan();
  /** Items that began and have not ended. */
  readonly #open = new Map<string, ThreadItem>();
  #isThreadAnnounced = false;
  #isStarted = false;
  #turnId: string | undefined;
  #isOver = false;
  #lastError: TurnErrorSummary | undefined;
  #noteCount = 0;

  readonly #converters: ReadonlyMap<string, Converter> = new Map(Object.entries<Converter>({
    "thread/started": (params) => this.threadStarted(params["thread"]),
    "turn/started": (params) => this.#turnStarted(params),
    "turn/completed": (params) => this.#turnCompleted(params),
    "turn/diff/updated": (params) => [
      this.#event("turn.diff.updated", params, { diff: params["diff"] }),
    ],
    "turn/plan/updated": (params) => this.#planUpdated(params),
    "item/started": (params) => this.#itemStarted(params),
    "item/completed": (params) => this.#itemCompleted(params),
    "item/fileChange/patchUpdated": (params) => this.#patchUpdated(params),
    "thread/tokenUsage/updated": (params) => this.#usageUpdated(params),
    "account/rateLimits/updated": (params) => [
      this.#event("rate_limit.updated", {}, { rate_limits: deepSnakeFields(params["rateLimits"]) }),
    ],
    "error": (params) => this.#errorReported(params),
    "warning": (params) => this.#noted("warning", params),
    "model/rerouted": (params) => this.#noted("model/rerouted", params),
  }));

  /** For one turn. */
  constructor(options: TurnConverterOptions = {}) {
    this.#tokens = new TokenTotal(options.base);
    this.#deltas = options.deltas ? new ItemDeltas() : undefined;
  }

  /** The turn's id, once it is known. */
  get turnId(): string | undefined {
    return this.#turnId;
  }

  /** Whether the turn has ended. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** The thread's total, as far as it is known. */
  get total(): TokenCounts | undefined {
    return this.#tokens.total;
  }

  /** The items that have begun and not ended; a request for approval is about one of them. */
  get openItems(): ThreadItem[] {
    return [...this.#open.values()];
  }

  /** The server has given the turn this id. Without it, the first `turn/started` tells. */
  accept(turnId: string): void {
    this.#turnId ??= turnId;
  }

  /** The total that the thread had before the turn has become known. */
  rebase(total: TokenCounts): void {
    this.#tokens.rebase(total);
  }

  /**
   * The event that exec begins each turn with, from the `thread` of a response or a notification;
   * nothing the second time, because the server's own notification comes late, or never.
   */
  threadStarted(thread: unknown): AnyThreadEvent[] {
    const threadId = stringField(asFields(thread), "id");
    if (this.#isThreadAnnounced || threadId === undefined) return [];
    this.#isThreadAnnounced = true;
    const { model, modelProvider, cwd, path, cliVersion } = asFields(thread);
    const known = snakeFields({ model, modelProvider, cwd, path, cliVersion });
    return [this.#event("thread.started", { threadId }, known)];
  }

  /**
   * The events that a notification is. One of another turn is none; one that exec has no event for
   * is itself, as `{ type: method, ...params }`.
   */
  convert(method: string, params: Fields): AnyThreadEvent[] {
    if (!this.#isOwn(method, params)) return this.#ofAnotherTurn(method, params);
    if (isDelta(method)) return this.#delta(method, params);
    const convert = this.#converters.get(method);
    return convert ? convert(params) : [passedOn(method, params)];
  }

  #isOwn(method: string, params: Fields): boolean {
    const turnId = turnIdOf(params);
    if (turnId === undefined || turnId === this.#turnId) return true;
    return this.#turnId === undefined && method === "turn/started";
  }

  /** After `thread/resume` the server tells the total under the id of the thread's last turn. */
  #ofAnotherTurn(method: string, params: Fields): AnyThreadEvent[] {
    const report = method === "thread/tokenUsage/updated" ? readTokenReport(params) : undefined;
    if (report && !this.#isStarted) this.#tokens.rebase(report.total);
    return [];
  }

  #turnStarted(params: Fields): AnyThreadEvent[] {
    this.#turnId ??= turnIdOf(params);
    this.#isStarted = true;
    return [this.#event("turn.started", params)];
  }

  #turnCompleted(params: Fields): AnyThreadEvent[] {
    const turn = asFields(params["turn"]);
    const status = stringField(turn, "status");
    if (status === "inProgress") return [];
    this.#isOver = true;
    const plan = this.#plan.take();
    const end = readTurnEnd(turn, { tokens: this.#tokens, lastError: this.#lastError });
    return [
      ...(plan ? [this.#item("item.completed", plan, params)] : []),
      ...this.#unfinished(turn["items"], params),
      ...this.#brokenCompactions(params),
      this.#event(end.type, params, end.fields),
    ];
  }

  /** Items that began, and whose end is told only by the turn's. */
  #unfinished(items: unknown, params: Fields): AnyThreadEvent[] {
    if (!Array.isArray(items)) return [];
    return items.filter(isFields)
      .filter((item) => this.#open.has(String(item["id"])))
      .flatMap((item) => this.#itemCompleted({ ...params, item }));
  }

  /** A compaction that failed has no end of its own: its turn fails. */
  #brokenCompactions(params: Fields): AnyThreadEvent[] {
    return this.openItems
      .filter((item) => (item.type as string) === "context_compaction")
      .map((compaction) => this.#event("turn.compaction.failed", params, { compaction }));
  }

  #planUpdated(params: Fields): AnyThreadEvent[] {
    const { isFirst, item } = this.#plan.update(this.#ownId("todo_list"), params);
    return [this.#item(isFirst ? "item.started" : "item.updated", item, params)];
  }

  #itemStarted(params: Fields): AnyThreadEvent[] {
    const item = asFields(params["item"]);
    if (item["type"] === "userMessage") return [];
    const converted = convertItem(item);
    this.#deltas?.started(converted);
    // Exec tells of these when they are complete.
    if (isSpeech(item) && !this.#deltas) return [];
    const isAgain = this.#open.has(converted.id);
    this.#open.set(converted.id, converted);
    return [this.#item(isAgain ? "item.updated" : "item.started", converted, params)];
  }

  #itemCompleted(params: Fields): AnyThreadEvent[] {
    const item = asFields(params["item"]);
    if (item["type"] === "userMessage") {
      // Of another type than items have, because no item of exec's is the user's own.
      return [this.#event("user_message.completed", params, { item: convertItem(item) })];
    }
    const converted = convertItem(item);
    const wasOpen = this.#open.delete(converted.id);
    this.#deltas?.completed(converted.id);
    if (isBlankReasoning(item) && !wasOpen) return [];
    return [this.#item("item.completed", converted, params)];
  }

  #patchUpdated(params: Fields): AnyThreadEvent[] {
    const id = stringField(params, "itemId");
    if (id === undefined) return [];
    const changes = convertChanges(params["changes"]);
    const fields = { id, type: "file_change", changes, status: "in_progress" };
    const item = fields as unknown as ThreadItem;
    this.#open.set(id, item);
    return [this.#item("item.updated", item, params)];
  }

  #delta(method: string, params: Fields): AnyThreadEvent[] {
    const item = this.#deltas?.grow(method, params);
    return item ? [this.#item("item.updated", item, params)] : [];
  }

  #usageUpdated(params: Fields): AnyThreadEvent[] {
    const report = readTokenReport(params);
    if (!report) return [];
    const { total: usage, last: lastUsage, contextWindow } = report;
    const delta = this.#tokens.record(report);
    const fields = snakeFields({ usage, delta, lastUsage, contextWindow });
    return [this.#event("thread.token_usage.updated", params, fields)];
  }

  #errorReported(params: Fields): AnyThreadEvent[] {
    const error = readTurnError(params["error"]) ?? { message: "The turn failed." };
    this.#lastError = error;
    const willRetry = params["willRetry"];
    return [this.#event("error", params, { ...error, ...snakeFields({ willRetry }) })];
  }

  /** Exec makes an item of the type `error` of what the server wants to be known. */
  #noted(method: string, params: Fields): AnyThreadEvent[] {
    const note = readNote(method, params);
    if (!note) return [passedOn(method, params)];
    const item = { id: this.#ownId(`note_${++this.#noteCount}`), type: "error", ...note };
    return [this.#item("item.completed", item as unknown as ThreadItem, params)];
  }

  /** An id for what the server gives none. */
  #ownId(name: string): string {
    return `${this.#turnId ?? "turn"}:${name}`;
  }

  #item(type: string, item: ThreadItem, params: Fields): AnyThreadEvent {
    return this.#event(type, params, { item });
  }

  #event(type: string, params: Fields, fields: Record<string, unknown> = {}): AnyThreadEvent {
    const threadId = stringField(params, "threadId");
    const turnId = turnIdOf(params) ?? (type.startsWith("thread.") ? undefined : this.#turnId);
    return {
      type,
      ...(threadId === undefined ? {} : { thread_id: threadId }),
      ...(turnId === undefined ? {} : { turn_id: turnId }),
      ...fields,
    } as unknown as AnyThreadEvent;
  }
}

function passedOn(method: string, params: Fields): AnyThreadEvent {
  return { ...params, type: method } as unknown as AnyThreadEvent;
}

function isSpeech(item: Fields): boolean {
  return item["type"] === "agentMessage" || item["type"] === "reasoning";
}
