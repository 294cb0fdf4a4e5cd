/**
 * The telemetry of one run. It listens to the events of the turn and knows nothing of how they
 * arrive.
 * @module
 */
import type {
  ErrorSummary,
  ProcessSummary,
  RunMetadata,
  ThreadResult,
  ThreadSource,
  TraceMetadata,
  TransportName,
} from "../events/catalogue.ts";
import { type Clock, measureSince } from "../events/clock.ts";
import type { TelemetrySink } from "../events/sink.ts";
import { createSpanToken } from "../events/span_token.ts";
import type { AnyThreadEvent } from "../protocol/events.ts";
import { isCodexError } from "../errors.ts";
import type { Labels } from "./labels.ts";
import type { TurnObserver } from "./turn_observer.ts";
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

let loading: Promise<typeof import("./turn_observer.ts")> | undefined;

/** Announces one run: its start, what happens in it, and exactly one end. */
export class TurnTelemetry {
  readonly #facts: RunFacts;
  /** Replaced when something new becomes known, never changed: events that were sent keep theirs. */
  #metadata: RunMetadata;
  #startMs = 0;
  #state: "new" | "started" | "ended" = "new";
  #observer: TurnObserver | undefined;

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

  /** Loads what reads the events of the turn, which can be observed then. */
  async load(): Promise<void> {
    const { TurnObserver } = await (loading ??= import("./turn_observer.ts"));
    this.#observer = new TurnObserver({
      ...this.#facts,
      metadata: () => this.#metadata,
      learn: (known) => this.#learn(known),
    });
  }

  /** The turn's id is known, ahead of the event that tells it. */
  identify(turnId: string): void {
    this.#learn({ turn_id: turnId });
  }

  /** One event of the turn arrived; `kind` is its type in the one spelling. */
  observe(kind: string, event: AnyThreadEvent): void {
    this.#observer!.observe(kind, event);
  }

  /** The run ended without a throw. Only the first end of a run counts. */
  stop(outcome: RunOutcome, process: ProcessSummary | undefined): void {
    if (!this.#end()) return;
    const { sink, clock } = this.#facts;
    const output = this.#observer?.output;
    sink.emit("codex.thread.stop", measureSince(this.#startMs, clock), {
      ...this.#endMetadata(process),
      result: outcome.result,
      ...(outcome.error ? { error: outcome.error } : {}),
      ...(outcome.result === "early_exit" ? { early_exit: true } : {}),
      ...(output === undefined ? {} : { output }),
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
    this.#observer?.end();
    return true;
  }

  #endMetadata(process: ProcessSummary | undefined) {
    const usage = this.#observer?.usage;
    return {
      ...this.#metadata,
      ...this.#facts.trace,
      transport: this.#facts.transport,
      ...(usage ? { usage } : {}),
      ...(process ? { process } : {}),
    };
  }

  /** Replaces what is known, so that events that were sent keep theirs. */
  #learn(known: Partial<RunMetadata>): void {
    this.#metadata = { ...this.#metadata, ...known };
  }
}
