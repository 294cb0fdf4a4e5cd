/**
 * Telemetry events from what happens in one run. It listens to the events of the turn and knows
 * nothing of how they arrive.
 * @module
 */
import type {
  CompactionStage,
  ErrorSummary,
  ProcessSummary,
  RunMetadata,
  TelemetryEventMap,
  ThreadResult,
  ThreadSource,
  TraceMetadata,
  TransportName,
} from "../events/catalogue.ts";
import { type Clock, measureSince } from "../events/clock.ts";
import type { TelemetrySink } from "../events/sink.ts";
import { createSpanToken } from "../events/span_token.ts";
import { parseCounts, sameCounts } from "../protocol/counts.ts";
import type { AnyThreadEvent } from "../protocol/events.ts";
import { asFields, type Fields, isFields, numberField, stringField } from "../protocol/fields.ts";
import { finalResponseOf } from "../protocol/final_response.ts";
import { itemKind } from "../protocol/kinds.ts";
import { warningOf } from "../protocol/warnings.ts";
import { isCodexError } from "../errors.ts";
import { type Labels, mergeLabels } from "./labels.ts";
import { ToolTelemetry } from "./tool_telemetry.ts";
import type { TokenCounts } from "../protocol/usage.ts";
import type { ServerAddress } from "./turn_request.ts";
import type { UsageLedger } from "./usage_ledger.ts";

/** What is known of a run before it starts. */
export interface RunFacts {
  sink: TelemetrySink;
  clock: Clock;
  ledger: UsageLedger;
  transport: TransportName;
  server?: ServerAddress | undefined;
  input: string;
  model?: string | undefined;
  threadId?: string | undefined;
  source?: ThreadSource | undefined;
  labels?: Labels | undefined;
  trace: TraceMetadata;
}

/** How a run ended, when nothing was thrown. */
export interface RunOutcome {
  result: ThreadResult;
  error?: ErrorSummary;
}

/** Announces one run: its start, what happens in it, and exactly one end. */
export class TurnTelemetry {
  readonly #facts: RunFacts;
  readonly #tools: ToolTelemetry;
  /** Replaced when something new becomes known, never changed: events that were sent keep theirs. */
  #metadata: RunMetadata;
  #startMs = 0;
  #state: "new" | "started" | "ended" = "new";
  #output: string | undefined;
  /** The last total that this run was told. */
  #announcedTotal: TokenCounts | undefined;

  /** Creates one for a run. */
  constructor(facts: RunFacts) {
    this.#facts = facts;
    this.#metadata = {
      originator: "sdk",
      span_token: createSpanToken(),
      ...(facts.threadId === undefined ? {} : { thread_id: facts.threadId }),
      ...(facts.source === undefined ? {} : { source: facts.source }),
      ...(facts.labels === undefined ? {} : { labels: facts.labels }),
    };
    this.#tools = new ToolTelemetry({
      sink: facts.sink,
      clock: facts.clock,
      metadata: () => this.#metadata,
    });
  }

  /** What every event of the run carries, as far as it is known. */
  get metadata(): RunMetadata {
    return this.#metadata;
  }

  /** Calls a function in which the span of the run is the active one. */
  within<T>(fn: () => T): T {
    const { sink } = this.#facts;
    return sink.within ? sink.within({ span_token: this.#metadata.span_token }, fn) : fn();
  }

  /** The run begins. */
  start(): void {
    const { sink, clock, trace, input, transport, model, server } = this.#facts;
    this.#state = "started";
    this.#startMs = clock.monotonicMs();
    sink.emit("codex.thread.start", { system_time: clock.wallMs() }, {
      ...this.#metadata,
      ...trace,
      input,
      transport,
      ...(model === undefined ? {} : { model }),
      ...(server ? { server_address: server.host, server_port: server.port } : {}),
    });
  }

  /** The turn's id is known, ahead of the event that tells it. */
  identify(turnId: string): void {
    this.#learnIds({ turn_id: turnId });
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

  /** The run ended without a throw. Only the first end of a run counts. */
  stop(outcome: RunOutcome, process: ProcessSummary | undefined): void {
    if (!this.#end()) return;
    const { sink, clock } = this.#facts;
    sink.emit("codex.thread.stop", measureSince(this.#startMs, clock), {
      ...this.#endMetadata(process),
      result: outcome.result,
      ...(outcome.error ? { error: outcome.error } : {}),
      ...(outcome.result === "early_exit" ? { early_exit: true } : {}),
      ...(this.#output === undefined ? {} : { output: this.#output }),
    });
  }

  /** The run ended by an error. Only the first end of a run counts. */
  exception(reason: Error, process: ProcessSummary | undefined): void {
    if (!this.#end()) return;
    const { sink, clock } = this.#facts;
    sink.emit("codex.thread.exception", measureSince(this.#startMs, clock), {
      ...this.#endMetadata(process),
      result: "error",
      reason,
      error: { code: isCodexError(reason) ? reason.code : reason.name, message: reason.message },
    });
  }

  #end(): boolean {
    if (this.#state !== "started") return false;
    this.#state = "ended";
    this.#tools.endAll();
    return true;
  }

  #endMetadata(process: ProcessSummary | undefined) {
    // A run that told nothing, or never came to begin its turn, has no usage to announce.
    const usage = this.#announcedTotal && this.#facts.ledger.turnUsage();
    return {
      ...this.#metadata,
      ...this.#facts.trace,
      transport: this.#facts.transport,
      ...(usage ? { usage } : {}),
      ...(process ? { process } : {}),
    };
  }

  #threadStarted(event: Fields): void {
    this.#learnIds(event);
    const { source, labels: told } = asFields(event["metadata"]);
    if (typeof source === "string" || isFields(source)) {
      this.#metadata = { ...this.#metadata, source };
    }
    const labels = mergeLabels(this.#metadata.labels, told);
    if (labels) this.#metadata = { ...this.#metadata, labels };
  }

  #learnIds(event: Fields): void {
    const threadId = stringField(event, "thread_id", "threadId");
    const turnId = stringField(event, "turn_id", "turnId");
    if (threadId !== undefined && threadId !== this.#metadata.thread_id) {
      this.#metadata = { ...this.#metadata, thread_id: threadId };
    }
    if (turnId !== undefined && turnId !== this.#metadata.turn_id) {
      this.#metadata = { ...this.#metadata, turn_id: turnId };
    }
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
    if (this.#facts.transport === "exec") this.#turnUsage(event["usage"]);
  }

  /** The end of a turn repeats the total that an update before it announced already. */
  #turnUsage(usage: unknown): void {
    const total = parseCounts(usage);
    if (total && !sameCounts(total, this.#announcedTotal)) this.#usageUpdated({ usage });
  }

  #usageUpdated(event: Fields): void {
    const total = parseCounts(event["usage"]);
    if (!total) return;
    const added = this.#facts.ledger.record(total);
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
    const { sink, clock } = this.#facts;
    const savings = numberField(asFields(compaction), "token_savings", "tokenSavings");
    sink.emit(`codex.turn.compaction.${stage}`, {
      system_time: clock.wallMs(),
      ...(savings === undefined ? {} : { token_savings: savings }),
    }, {
      ...this.#metadata,
      stage,
      ...(compaction === undefined ? {} : { compaction }),
    });
  }

  #announce<N extends InstantEvent>(
    name: N,
    metadata: Omit<TelemetryEventMap[N]["metadata"], keyof RunMetadata>,
  ): void {
    const { sink, clock } = this.#facts;
    if (!sink.has(name)) return;
    const all = { ...this.#metadata, ...metadata } as TelemetryEventMap[N]["metadata"];
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
