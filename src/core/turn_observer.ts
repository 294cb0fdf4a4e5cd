/**
 * Telemetry events from the events of a turn. It is loaded when the first turn opens: a program that
 * has started none has no use for it.
 * @module
 */
import type {
  CompactionStage,
  RunMetadata,
  TelemetryEventMap,
  TransportName,
} from "../events/catalogue.ts";
import type { Clock } from "../events/clock.ts";
import type { TelemetrySink } from "../events/sink.ts";
import { parseCounts, sameCounts } from "../protocol/counts.ts";
import type { AnyThreadEvent } from "../protocol/events.ts";
import { asFields, type Fields, isFields, numberField, stringField } from "../protocol/fields.ts";
import { finalResponseOf } from "../protocol/final_response.ts";
import { itemKind } from "../protocol/kinds.ts";
import { warningOf } from "../protocol/warnings.ts";
import type { TokenCounts } from "../protocol/usage.ts";
import { mergeLabels } from "./labels.ts";
import { ToolTelemetry } from "./tool_telemetry.ts";
import type { UsageLedger } from "./usage_ledger.ts";

/** What an observer needs around it. */
export interface TurnObserverContext {
  sink: TelemetrySink;
  clock: Clock;
  ledger: UsageLedger;
  transport: TransportName;
  /** The metadata of the run, as far as it is known by then. */
  metadata: () => RunMetadata;
  /** Takes what has become known of the run. */
  learn: (known: Partial<RunMetadata>) => void;
}

/** Announces what happens in one turn, between the start of its run and the end. */
export class TurnObserver {
  readonly #context: TurnObserverContext;
  readonly #tools: ToolTelemetry;
  #output: string | undefined;
  /** The last total that this run was told. */
  #announcedTotal: TokenCounts | undefined;

  /** Creates one for a run. */
  constructor(context: TurnObserverContext) {
    this.#context = context;
    const { sink, clock, metadata } = context;
    this.#tools = new ToolTelemetry({ sink, clock, metadata });
  }

  /** What the agent said last. */
  get output(): string | undefined {
    return this.#output;
  }

  /** What the turn has used; a turn that told nothing, or never began, has no usage to announce. */
  get usage(): TokenCounts | undefined {
    return this.#announcedTotal && this.#context.ledger.turnUsage();
  }

  /** One event of the turn arrived; `kind` is its type in the one spelling. */
  observe(kind: string, event: AnyThreadEvent): void {
    const fields = event as unknown as Fields;
    switch (kind) {
      case "thread.started":
        return this.#threadStarted(fields);
      case "turn.started":
        return this.#learnIds(fields);
      case "item.started":
        return this.#itemStarted(asFields(fields["item"]));
      case "item.completed":
        this.#warned(kind, fields);
        return this.#itemCompleted(asFields(fields["item"]));
      case "turn.completed":
        return this.#turnCompleted(fields);
      case "thread.token_usage.updated":
        this.#learnIds(fields);
        return this.#usageUpdated(fields);
      case "turn.diff.updated":
        this.#learnIds(fields);
        return this.#announce("codex.turn.diff.updated", { diff: fields["diff"] });
      case "rate_limit.updated":
      case "account.rate_limits.updated":
        return this.#announce("codex.rate_limit.updated", {
          rate_limits: fields["rate_limits"] ?? fields["rateLimits"],
        });
      default:
        if (kind.startsWith(COMPACTION)) this.#compactionIn(kind, fields);
        else this.#warned(kind, fields);
    }
  }

  /** The turn is over: what has not ended never will. */
  end(): void {
    this.#tools.endAll();
  }

  #threadStarted(event: Fields): void {
    this.#learnIds(event);
    const { source, labels: told } = asFields(event["metadata"]);
    if (typeof source === "string" || isFields(source)) this.#context.learn({ source });
    const labels = mergeLabels(this.#context.metadata().labels, told);
    if (labels) this.#context.learn({ labels });
  }

  #learnIds(event: Fields): void {
    const threadId = stringField(event, "thread_id", "threadId");
    const turnId = stringField(event, "turn_id", "turnId");
    const known = this.#context.metadata();
    if (threadId !== undefined && threadId !== known.thread_id) {
      this.#context.learn({ thread_id: threadId });
    }
    if (turnId !== undefined && turnId !== known.turn_id) this.#context.learn({ turn_id: turnId });
  }

  #itemStarted(item: Fields): void {
    if (kindOf(item) === COMPACTION_ITEM) this.#compaction("started", item);
    else this.#tools.started(item);
  }

  #itemCompleted(item: Fields): void {
    const kind = kindOf(item);
    if (kind === COMPACTION_ITEM) this.#compaction("completed", item);
    else if (kind === "agent_message") this.#output = stringField(item, "text") ?? this.#output;
    else this.#tools.completed(item);
  }

  #warned(kind: string, event: Fields): void {
    const warning = warningOf(kind, event);
    if (!warning) return;
    this.#learnIds(event);
    this.#announce("codex.turn.warning", warning);
  }

  #turnCompleted(event: Fields): void {
    this.#learnIds(event);
    this.#output ??= finalResponseOf(event);
    // An app-server has told it before, or has nothing to tell of this turn.
    if (this.#context.transport === "exec") this.#turnUsage(event["usage"]);
  }

  /** The end of a turn repeats the total that an update before it announced already. */
  #turnUsage(usage: unknown): void {
    const total = parseCounts(usage);
    if (total && !sameCounts(total, this.#announcedTotal)) this.#usageUpdated({ usage });
  }

  #usageUpdated(event: Fields): void {
    const total = parseCounts(event["usage"]);
    if (!total) return;
    const added = this.#context.ledger.record(total);
    const delta = parseCounts(event["delta"]) ?? added;
    const contextWindow = numberField(event, "context_window", "contextWindow");
    this.#announcedTotal = total;
    this.#announce("codex.thread.token_usage.updated", {
      usage: total,
      ...(delta ? { delta } : {}),
      ...(contextWindow === undefined ? {} : { context_window: contextWindow }),
    });
  }

  #compactionIn(kind: string, event: Fields): void {
    const stage = kind.slice(COMPACTION.length);
    this.#learnIds(event);
    this.#compaction(STAGES.find((known) => known === stage) ?? "unknown", event["compaction"]);
  }

  #compaction(stage: CompactionStage, compaction: unknown): void {
    const { sink, clock } = this.#context;
    const savings = numberField(asFields(compaction), "token_savings", "tokenSavings");
    sink.emit(`codex.turn.compaction.${stage}`, {
      system_time: clock.wallMs(),
      ...(savings === undefined ? {} : { token_savings: savings }),
    }, {
      ...this.#context.metadata(),
      stage,
      ...(compaction === undefined ? {} : { compaction }),
    });
  }

  #announce<N extends InstantEvent>(
    name: N,
    metadata: Omit<TelemetryEventMap[N]["metadata"], keyof RunMetadata>,
  ): void {
    const { sink, clock } = this.#context;
    if (!sink.has(name)) return;
    const all = { ...this.#context.metadata(), ...metadata } as TelemetryEventMap[N]["metadata"];
    sink.emit(name, { system_time: clock.wallMs() }, all);
  }
}

/** Events of a moment, with a time and nothing else measured. */
type InstantEvent =
  | "codex.thread.token_usage.updated"
  | "codex.turn.diff.updated"
  | "codex.turn.warning"
  | "codex.rate_limit.updated";

const COMPACTION = "turn.compaction.";

const STAGES: readonly CompactionStage[] = ["started", "completed", "failed"];

const COMPACTION_ITEM = "context_compaction";

function kindOf(item: Fields): string | undefined {
  const type = item["type"];
  return typeof type === "string" ? itemKind(type) : undefined;
}
