/**
 * The event bus: handlers attach to names, and emitters know nothing of them.
 * @module
 */
import { CodexError } from "../errors.ts";
import type { CustomEvent, TelemetryEventMap, TelemetryEventName } from "./catalogue.ts";
import { type Clock, systemClock } from "./clock.ts";
import type {
  CustomEventName,
  EmitMetadata,
  EventHandler,
  EventName,
  HandlerInfo,
  SpanScope,
} from "./handler.ts";
import type { TelemetrySink } from "./sink.ts";
import { isThenable, runSpan } from "./span.ts";

/** One attached handler. */
interface Registration extends HandlerInfo {
  readonly call: (event: CustomEvent) => unknown;
  /** False once detached: it is not called again, not even by an emit under way. */
  attached: boolean;
}

/** A handler that threw, and at which event. */
interface Failure {
  handlerId: string;
  event: string;
  reason: unknown;
}

/** What an `EventBus` may be given. */
export interface EventBusOptions {
  /** Times the spans of `span()`. */
  clock?: Clock;
}

/** A handler that emits its own event must fail before the stack overflows, in a clean state. */
const MAX_DEPTH = 100;

const NOTHING: Readonly<Record<string, unknown>> = Object.freeze({});
const SDK_ONLY: Readonly<Record<string, unknown>> = Object.freeze({ originator: "sdk" });

/**
 * Delivers events to the handlers attached to their names, at once and in the order of attaching.
 * A handler that throws, or whose promise rejects, is detached and reported once as
 * `codex.telemetry.handler.failure`; an emitter never sees it.
 */
export class EventBus implements TelemetrySink {
  readonly #registrations = new Map<string, Registration>();
  /** By event name. The arrays are replaced, never changed, so that an emit walks a snapshot. */
  readonly #byName = new Map<string, readonly Registration[]>();
  readonly #failures: Failure[] = [];
  readonly #clock: Clock;
  /** How many handlers are under way that emit while they handle. */
  #depth = 0;
  #reporting = false;

  /** Creates a bus with no handlers. */
  constructor(options: EventBusOptions = {}) {
    this.#clock = options.clock ?? systemClock;
  }

  /** Whether any handler is attached to this event. */
  has(name: EventName): boolean {
    return this.#byName.has(name);
  }

  /**
   * Attaches a handler to one event.
   * @throws {CodexError} `handler_exists` when the id is taken.
   * @throws {TypeError} for an argument of the wrong type.
   *
   * @example Log how long each run took
   * ```ts
   * import { createTelemetry } from "@codex-otel/sdk";
   * import assert from "node:assert/strict";
   *
   * const telemetry = createTelemetry();
   * const lines: string[] = [];
   * telemetry.attach("my-log", "codex.thread.stop", ({ measurements, metadata }) => {
   *   lines.push(`${metadata.result} after ${measurements.duration_ms} ms`);
   * });
   *
   * // A run announces this; here the event is made up.
   * telemetry.emit(
   *   "codex.thread.stop",
   *   { duration: 1_500_000, duration_ms: 1.5, system_time: Date.now() },
   *   { span_token: "run-1", result: "ok", transport: "exec" },
   * );
   * assert.deepEqual(lines, ["ok after 1.5 ms"]);
   * telemetry.detach("my-log");
   * ```
   */
  attach<const N extends EventName>(id: string, name: N, handler: EventHandler<N>): void {
    this.attachMany(id, [name], handler);
  }

  /**
   * Attaches a handler to several events; a name given twice counts once.
   * @throws {CodexError} `handler_exists` when the id is taken.
   * @throws {TypeError} for an argument of the wrong type.
   *
   * @example Count the tool calls that fail
   * ```ts
   * import { Codex, createTelemetry } from "@codex-otel/sdk";
   * import { catFixture } from "@codex-otel/sdk/testing";
   * import assert from "node:assert/strict";
   *
   * const telemetry = createTelemetry();
   * const calls = { good: 0, bad: 0 };
   * telemetry.attachMany("count", ["codex.tool.success", "codex.tool.failure"], (event) => {
   *   if (event.name === "codex.tool.success") calls.good++;
   *   else if (event.metadata.exit_code !== undefined) calls.bad++;
   * });
   *
   * const command = { id: "item_0", type: "command_execution", command: "make", exit_code: 2 };
   * using cli = catFixture([
   *   { type: "thread.started", thread_id: "t1" },
   *   { type: "item.started", item: { ...command, status: "in_progress" } },
   *   { type: "item.completed", item: { ...command, status: "failed" } },
   * ]);
   * await new Codex({ codexPathOverride: cli.path, telemetry }).startThread().run("Build it");
   * assert.deepEqual(calls, { good: 0, bad: 1 });
   * ```
   */
  attachMany<const N extends EventName>(
    id: string,
    names: readonly N[],
    handler: EventHandler<N>,
  ): void {
    checkArguments(id, names, handler);
    if (this.#registrations.has(id)) {
      throw new CodexError(
        "handler_exists",
        `A telemetry handler with the id "${id}" is attached already; detach it first or use another id.`,
        { details: { id } },
      );
    }
    const call = handler as (event: CustomEvent) => unknown;
    const registration = { id, names: [...new Set<string>(names)], call, attached: true };
    this.#registrations.set(id, registration);
    for (const name of registration.names) {
      this.#byName.set(name, [...(this.#byName.get(name) ?? []), registration]);
    }
  }

  /** Detaches a handler from all its events. False when no handler has this id. */
  detach(id: string): boolean {
    const registration = this.#registrations.get(id);
    if (registration === undefined) return false;
    registration.attached = false;
    this.#registrations.delete(id);
    for (const name of registration.names) {
      const others = this.#byName.get(name)?.filter((other) => other !== registration) ?? [];
      if (others.length === 0) this.#byName.delete(name);
      else this.#byName.set(name, others);
    }
    return true;
  }

  /** The attached handlers, or those attached to one event, in the order of attaching. */
  handlers(name?: EventName): HandlerInfo[] {
    const found = name === undefined ? this.#registrations.values() : this.#byName.get(name) ?? [];
    return Array.from(found, ({ id, names }) => ({ id, names: [...names] }));
  }

  /** Announces an event of the catalogue. */
  emit<N extends TelemetryEventName>(
    name: N,
    measurements: TelemetryEventMap[N]["measurements"],
    metadata: TelemetryEventMap[N]["metadata"],
  ): void;
  /** Announces an event of the catalogue; `originator: "sdk"` is filled in. */
  emit<N extends TelemetryEventName>(
    name: N,
    measurements: TelemetryEventMap[N]["measurements"],
    metadata: EmitMetadata<N>,
  ): void;
  /** Announces an event of the host's own, under a name outside the catalogue. */
  emit<N extends string>(
    name: CustomEventName<N>,
    measurements?: Readonly<Record<string, unknown>>,
    metadata?: Readonly<Record<string, unknown>>,
  ): void;
  emit(name: string, measurements: object = NOTHING, metadata?: object): void {
    const registrations = this.#byName.get(name);
    if (registrations === undefined) return;
    this.#deliver(registrations, {
      name,
      measurements: measurements as CustomEvent["measurements"],
      metadata: withOriginator(metadata as CustomEvent["metadata"] | undefined),
    });
  }

  /**
   * Runs a function between `<name>.start` and `<name>.stop`, or `<name>.exception` when it
   * throws, in which case it is thrown on. All carry the metadata and a fresh `span_token`; the
   * last one carries durations, and `<name>.exception` the `reason`. For an asynchronous function
   * the end is that of its promise.
   *
   * @example Time a step of your own
   * ```ts
   * import { createTelemetry } from "@codex-otel/sdk";
   * import assert from "node:assert/strict";
   *
   * const telemetry = createTelemetry();
   * const seen: unknown[] = [];
   * telemetry.attachMany("review", ["my_app.review.start", "my_app.review.stop"], (event) => {
   *   seen.push([event.name, event.metadata["pull_request"], event.metadata["findings"]]);
   * });
   *
   * await telemetry.span("my_app.review", { pull_request: 7 }, async (scope) => {
   *   const findings = await Promise.resolve(["a typing error"]);
   *   scope.set({ findings: findings.length });
   * });
   * assert.deepEqual(seen, [
   *   ["my_app.review.start", 7, undefined],
   *   ["my_app.review.stop", 7, 1],
   * ]);
   * ```
   */
  span<T>(
    name: string,
    metadata: Readonly<Record<string, unknown>>,
    fn: (scope: SpanScope) => T,
  ): T {
    return runSpan({ name, metadata, fn, clock: this.#clock }, (...event) => this.emit(...event));
  }

  #deliver(registrations: readonly Registration[], event: CustomEvent): void {
    if (this.#depth >= MAX_DEPTH) throw tooDeep(event.name);
    this.#depth++;
    for (const registration of registrations) {
      if (!registration.attached) continue;
      try {
        const { call } = registration;
        const result = call(event);
        if (isThenable(result)) this.#watch(result, registration, event.name);
      } catch (reason) {
        this.#fail(registration, event.name, reason);
      }
    }
    this.#depth--;
  }

  #watch(result: PromiseLike<unknown>, registration: Registration, event: string): void {
    Promise.resolve(result).then(undefined, (reason) => this.#fail(registration, event, reason));
  }

  #fail(registration: Registration, event: string, reason: unknown): void {
    // Calls under way of a handler that is detached by now may fail too: reported once is enough.
    if (!registration.attached) return;
    this.detach(registration.id);
    this.#failures.push({ handlerId: registration.id, event, reason });
    this.#reportFailures();
  }

  /** A queue, not recursion: a handler of the report itself may fail, and each gets every report. */
  #reportFailures(): void {
    if (this.#reporting) return;
    const depth = this.#depth;
    this.#reporting = true;
    this.#depth = 0;
    for (let next = this.#failures.shift(); next; next = this.#failures.shift()) {
      this.emit("codex.telemetry.handler.failure", { count: 1 }, {
        originator: "sdk",
        handler_id: next.handlerId,
        event: next.event,
        reason: next.reason,
      });
    }
    this.#reporting = false;
    this.#depth = depth;
  }
}

function tooDeep(event: string): RangeError {
  return new RangeError(
    `Telemetry events are nested ${MAX_DEPTH} deep at "${event}": a handler emits the event that it handles.`,
  );
}

function withOriginator(metadata: CustomEvent["metadata"] | undefined): CustomEvent["metadata"] {
  if (metadata === undefined) return SDK_ONLY;
  return metadata["originator"] === undefined ? { ...metadata, originator: "sdk" } : metadata;
}

function checkArguments(id: unknown, names: unknown, handler: unknown): void {
  if (typeof id !== "string") {
    throw new TypeError("The id of a telemetry handler must be a string.");
  }
  if (!Array.isArray(names) || names.some((name) => typeof name !== "string")) {
    throw new TypeError("The name of a telemetry event must be a string.");
  }
  if (typeof handler !== "function") {
    throw new TypeError("A telemetry handler must be a function.");
  }
}
