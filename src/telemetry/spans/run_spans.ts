import { type Context, type HrTime, type Span, SpanStatusCode, trace } from "@opentelemetry/api";
import type { Attributes, Tracer } from "@opentelemetry/api";
import type { ErrorSummary, RunMetadata, TelemetryEvent } from "../../events/catalogue.ts";
import type { SemconvMode } from "../options.ts";
import type {
  OutcomeAttributes,
  SpanEventMap,
  TurnAttributes,
  TurnContentAttributes,
} from "./attribute_names.ts";
import { identityAttributes, turnEndAttributes, UNFINISHED } from "./attributes.ts";
import { errorTypeOf } from "./error_type.ts";
import { maskAttributes, type Redact } from "./mask.ts";
import type { RunContent } from "./run_content.ts";
import { addNanos, laterOf } from "./time.ts";

/** What the spans of a run are made with. */
export interface RunSpansOptions {
  tracer: Tracer;
  mode: SemconvMode;
  /** The turn's span. */
  turn: Span;
  /** The caller's context, which the turn's span is set in. */
  context: Context;
  /** When the turn began. */
  start: HrTime;
  content: RunContent;
  redact: Redact;
}

/** Which events a child span lives by: an MCP call is announced twice, its tool events come first. */
export type ChildOwner = "tool" | "mcp" | "approval" | "compaction";

/** A child span that has not ended. */
interface OpenSpan {
  span: Span;
  start: HrTime;
  owner: ChildOwner;
}

/** What opens a child span. */
export interface ChildStart {
  owner: ChildOwner;
  name: string;
  start: HrTime;
  attributes: Attributes;
}

/** What ends a child span. */
export interface ChildEnd {
  /** Whole nanoseconds since its start; or the time itself, where no duration was measured. */
  at: { duration: number } | { time: HrTime };
  attributes: Attributes;
  error?: ErrorSummary | undefined;
}

/** The spans of one run: the turn's and its children's. */
export class RunSpans {
  readonly #options: RunSpansOptions;
  readonly #children = new Map<string, OpenSpan>();
  readonly #context: Context;
  #known: RunMetadata | undefined;
  #last: HrTime;

  /** Takes over a turn's span. */
  constructor(options: RunSpansOptions) {
    this.#options = options;
    this.#context = trace.setSpan(options.context, options.turn);
    this.#last = options.start;
  }

  /** The turn's span. */
  get turn(): Span {
    return this.#options.turn;
  }

  /** What of the run's content may be exported. */
  get content(): RunContent {
    return this.#options.content;
  }

  /** The context in which a child is active, or else the turn. */
  contextOf(key?: string): Context {
    const child = key === undefined ? undefined : this.#children.get(key);
    return child ? trace.setSpan(this.#context, child.span) : this.#context;
  }

  /** Whose events a child lives by; undefined when it is not open. */
  ownerOf(key: string): ChildOwner | undefined {
    return this.#children.get(key)?.owner;
  }

  /** Writes ids on the turn's span as soon as they are known: a crash must not lose them. */
  learn(metadata: RunMetadata): void {
    const known = this.#known;
    this.#known = metadata;
    if (
      known && known.thread_id === metadata.thread_id && known.turn_id === metadata.turn_id &&
      known.source === metadata.source && known.labels === metadata.labels
    ) return;
    this.describe(identityAttributes(metadata));
  }

  /** Adds attributes to the turn's span. */
  describe(attributes: TurnAttributes & TurnContentAttributes): void {
    this.turn.setAttributes(this.#mask(attributes));
  }

  /** Adds an event to the turn's span. */
  addEvent<N extends keyof SpanEventMap>(
    name: N,
    { at, attributes }: { at: HrTime; attributes: SpanEventMap[N] },
  ): void {
    this.#last = laterOf(this.#last, at);
    this.turn.addEvent(name, this.#mask(attributes), at);
  }

  /** Opens a child. */
  open(key: string, { owner, name, start, attributes }: ChildStart): void {
    this.#last = laterOf(this.#last, start);
    const { tracer, redact } = this.#options;
    const options = { startTime: start, attributes: this.#mask(attributes) };
    const span = tracer.startSpan(redact(name), options, this.#context);
    this.#children.set(key, { span, start, owner });
  }

  /** Adds attributes to an open child, and says whose events it lives by from now on. */
  enrich(key: string, attributes: Attributes, owner?: ChildOwner): void {
    const open = this.#children.get(key);
    open?.span.setAttributes(this.#mask(attributes));
    if (open && owner) open.owner = owner;
  }

  /** Ends a child. */
  close(key: string, { at, attributes, error }: ChildEnd): void {
    const open = this.#children.get(key);
    if (!open) return;
    this.#children.delete(key);
    open.span.setAttributes(this.#mask(attributes));
    if (error) this.#setError(open.span, error);
    const end = "time" in at ? at.time : addNanos(open.start, at.duration);
    this.#last = laterOf(this.#last, end);
    open.span.end(laterOf(end, open.start));
  }

  /** Ends the turn, and with it what is still open. */
  end(event: TelemetryEvent<"codex.thread.stop" | "codex.thread.exception">): void {
    const { measurements, metadata } = event;
    const end = addNanos(this.#options.start, measurements.duration);
    const { turn, mode } = this.#options;
    this.#closeAll(end, metadata.error);
    const durationMs = measurements.duration_ms;
    const output = "output" in metadata ? metadata.output : undefined;
    this.describe({
      ...turnEndAttributes(metadata, { durationMs, mode }),
      ...this.content.response(output),
    });
    if (metadata.error) {
      this.#setError(turn, metadata.error);
      const stack = "reason" in metadata ? metadata.reason.stack : undefined;
      this.addEvent("exception", {
        at: end,
        attributes: exceptionAttributes(metadata.error, stack),
      });
    }
    turn.end(end);
  }

  /** Ends everything at the last time that is known: nobody will tell how the run ends. */
  abandon(): void {
    this.#closeAll(this.#last, undefined);
    this.turn.setAttributes(UNFINISHED);
    this.turn.end(this.#last);
  }

  #setError(span: Span, error: ErrorSummary): void {
    const message = this.#options.redact(error.message);
    span.setStatus({ code: SpanStatusCode.ERROR, message });
  }

  #mask(attributes: Attributes): Attributes {
    return maskAttributes(attributes, this.#options.redact);
  }

  #closeAll(end: HrTime, error: ErrorSummary | undefined): void {
    for (const key of [...this.#children.keys()]) {
      const attributes: OutcomeAttributes = error
        ? { ...UNFINISHED, "error.type": errorTypeOf(error.code) }
        : UNFINISHED;
      this.close(key, { at: { time: end }, attributes, error });
    }
  }
}

/** OpenTelemetry's conventions for exceptions on spans. */
function exceptionAttributes(
  { code, message }: ErrorSummary,
  stack: string | undefined,
): SpanEventMap["exception"] {
  return {
    "exception.type": code,
    "exception.message": message,
    "exception.stacktrace": stack,
  };
}
