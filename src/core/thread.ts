/**
 * A conversation with the agent.
 * @module
 */
import { CodexError } from "../errors.ts";
import type { TraceMetadata } from "../events/catalogue.ts";
import type { Clock } from "../events/clock.ts";
import type { TelemetrySink } from "../events/sink.ts";
import type { AnyThreadEvent } from "../protocol/events.ts";
import { asFields, type Fields, stringField } from "../protocol/fields.ts";
import { withAttachments } from "./attachments.ts";
import { mergeLabels } from "./labels.ts";
import { type NormalizedInput, normalizeInput } from "./input.ts";
import type { Input, ThreadOptions, TraceOptions, TurnOptions } from "./options.ts";
import { noTurnError } from "./no_turn_error.ts";
import { checkTimeouts } from "./timeouts.ts";
import { type StreamedTurn, type Turn, TurnCollector } from "./turn.ts";
import type { Transport, TurnKind, TurnRequest } from "./turn_request.ts";
import { TurnStream } from "./turn_stream.ts";
import { TurnTelemetry } from "./turn_telemetry.ts";
import { turnFailed, TurnVerdict } from "./turn_verdict.ts";
import { UsageLedger } from "./usage_ledger.ts";

/** What a thread needs around it. */
export interface ThreadContext {
  transport: Transport;
  sink: TelemetrySink;
  clock: Clock;
  /** Keeps the streams that run, so that closing the `Codex` ends them; rejects once it is closed. */
  track: (stream: TurnStream) => () => void;
}

/** One turn that is asked for. */
interface TurnStart {
  input: Input;
  turnOptions: TurnOptions;
  kind?: TurnKind;
}

type Observer = (kind: string, event: AnyThreadEvent) => void;

/** A conversation with the agent. One thread can have many turns, one after another. */
export class Thread {
  readonly #context: ThreadContext;
  readonly #options: ThreadOptions;
  readonly #ledger: UsageLedger;
  #id: string | null;
  #isAttached = false;
  /** The turns that run, in the order they began: `codex exec` can run several. */
  readonly #running = new Set<TurnStream>();

  /**
   * Use `codex.startThread()` or `codex.resumeThread()`.
   * @ignore
   */
  constructor(context: ThreadContext, options: ThreadOptions, id: string | null = null) {
    this.#context = context;
    this.#options = options;
    this.#id = id;
    this.#ledger = new UsageLedger(id === null);
  }

  /** The thread's id; null until its first turn has started. */
  get id(): string | null {
    return this.#id;
  }

  /**
   * Gives the agent its input and resolves when the turn is over.
   *
   * @throws {CodexError} `turn_failed` with the agent's own message; `aborted`; `timeout`;
   * `exec_failed`; `invalid_event`; `line_too_long`; `cli_not_found`; `spawn_failed`;
   * `invalid_config`; `invalid_output_schema`; `closed`. With an app-server also `thread_busy`;
   * `rpc_error`; `protocol_error`; `connection_lost`; with a remote one `connection_refused`;
   * `unauthorized`; `not_app_server`.
   * @throws {TypeError} when the input or a time limit is of the wrong type.
   * @throws {RangeError} when a time limit is not above 0, or above 24.8 days.
   *
   * @example A turn with a time limit
   * ```ts
   * import { Codex, isCodexError } from "@codex-otel/sdk";
   * import { scriptedModel } from "@codex-otel/sdk/testing";
   * import assert from "node:assert/strict";
   *
   * await using model = await scriptedModel(["It was a typing error."]);
   * await using codex = new Codex(model.codexOptions());
   * const thread = codex.startThread({ skipGitRepoCheck: true });
   * try {
   *   const turn = await thread.run("Fix the failing test", { timeoutMs: 60_000 });
   *   assert.equal(turn.finalResponse, "It was a typing error.");
   *   assert.equal(turn.threadId, thread.id);
   * } catch (error) {
   *   if (!isCodexError(error, "timeout")) throw error;
   *   console.error(`Given up after ${error.details.timeoutMs} ms.`);
   * }
   * ```
   */
  async run(input: Input, turnOptions: TurnOptions = {}): Promise<Turn> {
    const collector = new TurnCollector();
    const verdict = new TurnVerdict();
    const stream = this.#createStream({ input, turnOptions }, (kind, event) => {
      collector.observe(kind, event);
      verdict.observe(kind, event);
    });
    while (!(await stream.next()).done) {
      const failure = verdict.failure();
      if (!failure) continue;
      await stream.return();
      throw failure;
    }
    const { items, finalResponse, usage, turnId } = collector;
    const turnUsage = usage && (this.#ledger.turnUsage() ?? null);
    return { items, finalResponse, usage, turnUsage, threadId: this.#id, turnId };
  }

  /**
   * Gives the agent its input; the events arrive as the turn goes. What `run()` throws, their
   * iteration throws, but that a failed turn is an event here.
   *
   * @throws {TypeError} when the input or a time limit is of the wrong type.
   * @throws {RangeError} when a time limit is not above 0, or above 24.8 days.
   *
   * @example Watch a turn as it goes
   * ```ts
   * import { Codex } from "@codex-otel/sdk";
   * import { reply, scriptedModel } from "@codex-otel/sdk/testing";
   * import assert from "node:assert/strict";
   *
   * await using model = await scriptedModel([reply.command("echo hello"), "It says hello."]);
   * await using codex = new Codex(model.codexOptions());
   * const { events } = await codex.startThread({ skipGitRepoCheck: true }).runStreamed("Say hello");
   * const seen: string[] = [];
   * for await (const event of events) {
   *   if (event.type === "item.completed") seen.push(event.item.type);
   *   if (event.type === "turn.failed") throw new Error(event.error.message);
   * }
   * assert.deepEqual(seen, ["command_execution", "agent_message"]);
   * ```
   */
  // deno-lint-ignore require-await
  async runStreamed(input: Input, turnOptions: TurnOptions = {}): Promise<StreamedTurn> {
    const stream = this.#createStream({ input, turnOptions });
    return { events: stream, within: (fn) => stream.within(fn) };
  }

  /**
   * Has the thread's history made shorter, so that its next turns fit the model's context again.
   * @throws {CodexError} `unsupported` with the transport `"exec"`; else what `run()` throws.
   */
  async compact(turnOptions: TurnOptions = {}): Promise<void> {
    this.#needsAppServer("thread.compact()");
    const stream = this.#createStream({ input: "", turnOptions, kind: "compaction" });
    for await (const event of stream) {
      if (event.type === "turn.failed") await stream.throw(turnFailed(event.error.message));
    }
  }

  /**
   * Adds input to the turn that runs, which the model sees with its next step.
   * @throws {CodexError} `unsupported` with the transport `"exec"`; `no_turn` when none runs.
   */
  async steer(input: Input): Promise<void> {
    this.#needsAppServer("thread.steer()");
    await this.#runningTurn().steer(normalizeInput(input));
  }

  /**
   * Ends the turn that runs in an orderly way: it completes early, with what it has.
   * @throws {CodexError} `unsupported` with the transport `"exec"`, where aborting the turn's
   * `signal` ends it; `no_turn` when none runs.
   */
  async interrupt(): Promise<void> {
    this.#needsAppServer("thread.interrupt()");
    await this.#runningTurn().requestInterrupt();
  }

  #createStream(start: TurnStart, observer?: Observer): TurnStream {
    const { input, turnOptions: turn, kind = "turn" } = start;
    if (this.#options.tools?.length) this.#needsAppServer("ThreadOptions.tools");
    const given = normalizeInput(input);
    checkTimeouts(turn);
    const telemetry = this.#createTelemetry(given.prompt, turn.trace);
    const cleanUps: (() => void | Promise<void>)[] = [];
    const stream = new TurnStream({
      telemetry,
      open: async (signal) => {
        cleanUps.push(this.#context.track(stream));
        this.#running.add(stream);
        await telemetry.load();
        return await this.#context.transport.open({
          kind,
          ...this.#attach(given),
          threadId: this.#id,
          turn,
          ledger: this.#ledger,
          telemetry,
          signal,
          defer: (cleanUp) => cleanUps.push(cleanUp),
        });
      },
      observe: (kind, event) => {
        this.#observe(kind, event as unknown as Fields);
        observer?.(kind, event);
      },
      release: async () => {
        this.#running.delete(stream);
        await Promise.all(cleanUps.map((cleanUp) => cleanUp()));
      },
      signal: turn.signal,
      timeoutMs: turn.timeoutMs,
      idleTimeoutMs: turn.idleTimeoutMs,
    });
    return stream;
  }

  /** What is attached goes with the turns up to the first that completes; the agent knows it then. */
  #attach({ prompt, images }: NormalizedInput): Pick<TurnRequest, "prompt" | "images" | "thread"> {
    const { additionalDirectories = [], attachments } = this.#options;
    const all = withAttachments({ prompt, images, additionalDirectories }, attachments);
    const thread = { ...this.#options, additionalDirectories: [...all.additionalDirectories] };
    return this.#isAttached ? { prompt, images, thread } : { ...all, thread };
  }

  #needsAppServer(feature: string): void {
    if (this.#context.transport.name !== "exec") return;
    throw new CodexError("unsupported", `${feature} needs an app-server as the transport.`, {
      details: { feature },
    });
  }

  #runningTurn(): TurnStream {
    const last = [...this.#running].at(-1);
    if (last) return last;
    throw noTurnError();
  }

  #createTelemetry(input: string, trace: TraceOptions | undefined): TurnTelemetry {
    const { sink, clock, transport } = this.#context;
    const { metadata, labels, model } = this.#options;
    return new TurnTelemetry({
      sink,
      clock,
      ledger: this.#ledger,
      transport: transport.name,
      server: transport.server,
      input,
      model,
      threadId: this.#id ?? undefined,
      source: metadata?.source,
      labels: mergeLabels(metadata?.labels, labels),
      trace: trace ? toTraceMetadata(trace) : {},
    });
  }

  #observe(kind: string, event: Fields): void {
    if (kind === "thread.started") {
      this.#id = stringField(event, "thread_id", "threadId") ?? this.#id;
    } else if (kind === "turn.completed") {
      this.#isAttached = true;
      completeUsage(asFields(event["usage"]));
    }
  }
}

/** Older CLIs do not write this count; the official SDK fills it in the same way. */
function completeUsage(usage: Record<string, unknown>): void {
  if (usage["input_tokens"] !== undefined) usage["cache_write_input_tokens"] ??= 0;
}

/** Only what was given, so that an explicit `false` differs from nothing. */
function toTraceMetadata(trace: TraceOptions): TraceMetadata {
  const metadata = {
    workflow: trace.workflow,
    group: trace.group,
    trace_id: trace.traceId,
    trace_sensitive: trace.sensitive,
    tracing_disabled: trace.disabled,
    conversation_id: trace.conversationId,
  };
  const given = Object.entries(metadata).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given) as TraceMetadata;
}
