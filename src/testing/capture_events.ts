import type { TelemetryEvent, TelemetryEventName } from "../events/catalogue.ts";
import { EVENT_NAMES } from "../events/catalogue.ts";
import { Changes } from "./changes.ts";
import type { WaitOptions } from "./changes.ts";

/** What {@linkcode captureEvents} needs of a telemetry instance. */
export interface CapturableTelemetry {
  /** Attaches a handler to several events. */
  attachMany(
    id: string,
    names: readonly TelemetryEventName[],
    handler: (event: TelemetryEvent) => void,
  ): void;
  /** Detaches it again. */
  detach(id: string): unknown;
}

/** Which event to wait for, and for how long. */
export interface WaitForEventOptions<N extends TelemetryEventName> extends WaitOptions {
  /** Further condition; any event of the name by default. */
  where?: (event: TelemetryEvent<N>) => boolean;
}

let captures = 0;

/** The events of a telemetry instance since the capture began, in order. */
export class EventCapture implements Iterable<TelemetryEvent> {
  /** All events so far. */
  readonly events: TelemetryEvent[] = [];
  readonly #telemetry: CapturableTelemetry;
  readonly #id = `codex-otel.testing.capture.${++captures}`;
  readonly #changes = new Changes();

  /** Attaches to every event of the catalogue. */
  constructor(telemetry: CapturableTelemetry) {
    this.#telemetry = telemetry;
    telemetry.attachMany(this.#id, EVENT_NAMES, (event) => {
      this.events.push(event);
      this.#changes.announce();
    });
  }

  /** How many events there are so far. */
  get length(): number {
    return this.events.length;
  }

  /** The names of the events so far, in order. */
  get names(): TelemetryEventName[] {
    return this.events.map(({ name }) => name);
  }

  /** Walks over the events so far. */
  [Symbol.iterator](): Iterator<TelemetryEvent> {
    return this.events[Symbol.iterator]();
  }

  /** The events of one name so far. */
  named<N extends TelemetryEventName>(name: N): TelemetryEvent<N>[] {
    return this.events.filter((event) => event.name === name) as unknown as TelemetryEvent<N>[];
  }

  /**
   * Resolves with the first event of a name, whether it is there already or comes later.
   * @throws {CodexError} `timeout`; the message lists the names that came.
   */
  waitFor<N extends TelemetryEventName>(
    name: N,
    options: WaitForEventOptions<N> = {},
  ): Promise<TelemetryEvent<N>> {
    const where = options.where ?? (() => true);
    return this.#changes.until(() => this.named(name).find(where), {
      ...(options.timeoutMs === undefined ? {} : { timeoutMs: options.timeoutMs }),
      describe: () => `no ${name} as awaited among: ${this.names.join(", ") || "no events"}`,
    });
  }

  /** Forgets the events so far. */
  clear(): void {
    this.events.length = 0;
  }

  /** Detaches. The events stay. */
  stop(): void {
    this.#telemetry.detach(this.#id);
  }

  /** Detaches at the end of a `using` block. */
  [Symbol.dispose](): void {
    this.stop();
  }
}

/**
 * Keeps every event that a telemetry instance announces from now on, for a test to look at.
 *
 * @example Look at the events of a run
 * ```ts
 * import { createTelemetry } from "@codex-otel/sdk";
 * import { captureEvents } from "@codex-otel/sdk/testing";
 * import assert from "node:assert/strict";
 *
 * const telemetry = createTelemetry();
 * const capture = captureEvents(telemetry);
 * // In a test of your own: new Codex({ telemetry }), and a run
 * telemetry.emit("codex.attachment.cleaned", { count: 1, bytes: 3 }, { originator: "sdk" });
 *
 * const cleaned = await capture.waitFor("codex.attachment.cleaned");
 * assert.equal(cleaned.measurements.bytes, 3);
 * capture.stop();
 * ```
 */
export function captureEvents(telemetry: CapturableTelemetry): EventCapture {
  return new EventCapture(telemetry);
}
