import { type Clock, measureSince } from "./clock.ts";
import type { SpanScope } from "./handler.ts";
import { createSpanToken } from "./span_token.ts";

/** What to run, and under which name. */
export interface SpanRun<T> {
  /** Prefix of the names of the events. */
  name: string;
  metadata: Readonly<Record<string, unknown>>;
  fn: (scope: SpanScope) => T;
  clock: Clock;
}

type Fields = Readonly<Record<string, unknown>>;

/** Sends one event of a span. */
type Emit = (name: string, measurements: Fields, metadata: Fields) => void;

/** Runs `fn` between a start event and the stop or exception event of its end. */
export function runSpan<T>(run: SpanRun<T>, emit: Emit): T {
  const given = run.metadata["span_token"];
  const spanToken = typeof given === "string" ? given : createSpanToken();
  const metadata: Fields = { ...run.metadata, span_token: spanToken };
  let added: Fields = {};
  const scope: SpanScope = { spanToken, set: (fields) => void (added = { ...added, ...fields }) };
  const end = (suffix: "stop" | "exception", extra?: Fields) =>
    emit(
      `${run.name}.${suffix}`,
      { ...measureSince(startMs, run.clock) },
      { ...metadata, ...added, ...extra },
    );
  const startMs = run.clock.monotonicMs();
  emit(`${run.name}.start`, { system_time: run.clock.wallMs() }, metadata);
  return settle(() => run.fn(scope), {
    stop: () => end("stop"),
    exception: (reason) => end("exception", { reason }),
  });
}

/** Calls `fn` and reports how it ended; for a promise, when it has settled. */
function settle<T>(
  fn: () => T,
  ended: { stop: () => void; exception: (reason: unknown) => void },
): T {
  let result: T;
  try {
    result = fn();
  } catch (reason) {
    ended.exception(reason);
    throw reason;
  }
  if (!isThenable(result)) {
    ended.stop();
    return result;
  }
  return Promise.resolve(result).then((value) => {
    ended.stop();
    return value;
  }, (reason) => {
    ended.exception(reason);
    throw reason;
  }) as T;
}

/** Whether a value is a promise or acts like one. */
export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === "object" && value !== null && "then" in value &&
    typeof value.then === "function";
}
