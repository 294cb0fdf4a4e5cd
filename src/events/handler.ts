import type {
  CustomEvent,
  TelemetryEvent,
  TelemetryEventMap,
  TelemetryEventName,
} from "./catalogue.ts";

/** A name of the catalogue, or any other string for the host's own events. */
export type EventName = TelemetryEventName | (string & Record<never, never>);

/** The event that a name stands for; with a union of names a union that narrows by `name`. */
export type EventOf<N extends string> = N extends TelemetryEventName ? TelemetryEvent<N>
  : CustomEvent<N>;

/**
 * What `attach` takes: called with one event, at once, in the caller's stack. A promise it returns
 * is not awaited, but its rejection counts as a throw.
 */
export type EventHandler<N extends string = TelemetryEventName> = (event: EventOf<N>) => unknown;

/** One attached handler, as `handlers()` lists it. */
export interface HandlerInfo {
  /** The id it was attached with, for `detach()`. */
  readonly id: string;
  /** The events it is attached to, in the order they were given. */
  readonly names: readonly string[];
}

/** The metadata of an event as `emit` takes it: `originator` may be left out. */
export type EmitMetadata<N extends TelemetryEventName> =
  & Omit<TelemetryEventMap[N]["metadata"], "originator">
  & { originator?: "sdk" };

/** A name outside the catalogue; `never` for one of the catalogue, whose payload is checked. */
export type CustomEventName<N extends string> = N extends TelemetryEventName ? never : N;

/** What the function given to `span()` gets. */
export interface SpanScope {
  /** The `span_token` of this span's events. */
  readonly spanToken: string;
  /** Adds fields to the metadata of the event that will end the span. */
  set(metadata: Readonly<Record<string, unknown>>): void;
}
