/**
 * The agent's front door.
 * @module
 */
import { type Clock, systemClock } from "../events/clock.ts";
import type { TelemetrySink } from "../events/sink.ts";
import { closedError } from "./closed_error.ts";
import type { CodexOptions, ThreadOptions } from "./options.ts";
import { Thread, type ThreadContext } from "./thread.ts";
import { checkThreadOptions } from "./thread_options.ts";
import { checkStopGraces } from "./timeouts.ts";
import { ToolStatistics } from "./tools/tool_metrics.ts";
import type { TransportFactory } from "./turn_request.ts";
import type { TurnStream } from "./turn_stream.ts";

/** What the platform and the package give to every `Codex`. */
export interface CodexContext {
  createTransport: TransportFactory;
  /** Counts the calls of tools. */
  statistics?: ToolStatistics;
  /** Where telemetry goes unless the options say otherwise. */
  telemetry: TelemetrySink;
  clock?: Clock;
}

/** What {@linkcode Codex} is on every platform: starts and resumes threads, over one transport. */
export class BaseCodex {
  readonly #context: ThreadContext;
  readonly #running = new Set<TurnStream>();
  #closed = false;

  /**
   * Use `new Codex()`.
   * @ignore
   */
  constructor(options: CodexOptions, context: CodexContext) {
    checkStopGraces(options);
    const clock = context.clock ?? systemClock;
    const sink = options.telemetry ?? context.telemetry;
    const statistics = context.statistics ?? new ToolStatistics();
    this.#context = {
      transport: context.createTransport(options, { sink, clock, statistics }),
      sink,
      clock,
      track: (stream) => this.#track(stream),
    };
  }

  /**
   * Starts a new conversation. Nothing happens before its first turn.
   * @throws {TypeError} when `tools`, `approvals` or `approvalTimeoutMs` cannot be used.
   * @throws {RangeError} when `approvalTimeoutMs` is not above 0, or above 24.8 days.
   */
  startThread(options: ThreadOptions = {}): Thread {
    checkThreadOptions(options);
    return new Thread(this.#context, options);
  }

  /**
   * Goes on with a conversation; the CLI keeps them in `$CODEX_HOME/sessions`.
   * @throws {TypeError} when `tools`, `approvals` or `approvalTimeoutMs` cannot be used.
   * @throws {RangeError} when `approvalTimeoutMs` is not above 0, or above 24.8 days.
   */
  resumeThread(id: string, options: ThreadOptions = {}): Thread {
    checkThreadOptions(options);
    return new Thread(this.#context, options, id);
  }

  /**
   * Ends all turns that run, with the error `closed`, and resolves when nothing that this `Codex`
   * started is left. Idempotent.
   */
  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all(Array.from(this.#running, (stream) => stream.close(closedError())));
    await this.#context.transport.close();
  }

  /** The same as `close()`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #track(stream: TurnStream): () => void {
    if (this.#closed) throw closedError();
    this.#running.add(stream);
    return () => void this.#running.delete(stream);
  }
}
