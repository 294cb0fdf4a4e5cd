import type { EventBus } from "../../src/events/bus.ts";
import type {
  RunMetadata,
  TelemetryEventMap,
  TelemetryEventName,
} from "../../src/events/catalogue.ts";
import type { SpanRecord } from "../../src/telemetry/span_record.ts";

type Metadata<N extends TelemetryEventName> = TelemetryEventMap[N]["metadata"];

/** Metadata of an event beside what every event of the run carries. */
type Extra<N extends TelemetryEventName> =
  & Omit<Metadata<N>, keyof RunMetadata>
  & Partial<RunMetadata>;

/** When every scenario begins: Unix epoch, milliseconds. */
export const START_MS = 1_700_000_000_000;

/** Emits the events of one run at times that a test chooses, in milliseconds since its start. */
export class Scenario {
  readonly #bus: EventBus;
  readonly #run: RunMetadata;
  #atMs = 0;

  constructor(bus: EventBus, run: Partial<RunMetadata> = {}) {
    this.#bus = bus;
    this.#run = { originator: "sdk", span_token: "run-1", ...run };
  }

  /** The events that follow happen at this time. */
  at(ms: number): this {
    this.#atMs = ms;
    return this;
  }

  /** The ids are known from now on. */
  know(ids: Partial<RunMetadata>): this {
    Object.assign(this.#run, ids);
    return this;
  }

  /** An event with a time only. */
  emit<N extends TelemetryEventName>(name: N, extra: Extra<N>, more: object = {}): this {
    return this.#emit(name, { system_time: START_MS + this.#atMs, ...more }, extra);
  }

  /** An event at the end of something that took some milliseconds. */
  end<N extends TelemetryEventName>(name: N, tookMs: number, extra: Extra<N>): this {
    return this.#emit(name, {
      duration: tookMs * 1_000_000,
      duration_ms: tookMs,
      system_time: START_MS + this.#atMs,
    }, extra);
  }

  start(extra: Partial<Extra<"codex.thread.start">> = {}): this {
    return this.emit("codex.thread.start", { input: "secret input", transport: "exec", ...extra });
  }

  stop(tookMs: number, extra: Partial<Extra<"codex.thread.stop">> = {}): this {
    return this.end("codex.thread.stop", tookMs, {
      result: "ok",
      transport: "exec",
      output: "secret output",
      ...extra,
    });
  }

  #emit<N extends TelemetryEventName>(name: N, measurements: object, extra: object): this {
    this.#bus.emit(
      name,
      measurements as TelemetryEventMap[N]["measurements"],
      { ...this.#run, ...extra } as Metadata<N>,
    );
    return this;
  }
}

/** A span as a table shows it. */
export interface SpanRow {
  name: string;
  /** Milliseconds since the start of the scenario. */
  from: number;
  to: number;
  kind?: string;
  status?: string;
  attributes: Record<string, unknown>;
  events?: [name: string, atMs: number, attributes: Record<string, unknown>][];
  children?: SpanRow[];
}

/** The tree of finished spans, children in the order of their starts. */
export function treeOf(spans: readonly SpanRecord[], parentId?: string): SpanRow[] {
  return spans
    .filter(({ parentSpanId }) => parentSpanId === parentId)
    .sort((a, b) => Number(a.startUnixNano - b.startUnixNano))
    .map((span) => rowOf(span, treeOf(spans, span.spanId)));
}

function rowOf(span: SpanRecord, children: SpanRow[]): SpanRow {
  const { code, message } = span.status;
  return {
    name: span.name,
    from: sinceStart(span.startUnixNano),
    to: sinceStart(span.endUnixNano),
    ...(span.kind === "internal" ? {} : { kind: span.kind }),
    ...(code === "unset" ? {} : { status: [code, message].join(": ") }),
    attributes: span.attributes,
    ...(span.events.length === 0 ? {} : {
      events: span.events.map(({ name, timeUnixNano, attributes }) => [
        name,
        sinceStart(timeUnixNano),
        attributes,
      ]),
    }),
    ...(children.length === 0 ? {} : { children }),
  };
}

function sinceStart(unixNano: bigint): number {
  return Number(unixNano - BigInt(START_MS) * 1_000_000n) / 1e6;
}
