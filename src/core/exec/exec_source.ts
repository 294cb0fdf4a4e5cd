/**
 * The events of one turn from the standard output of `codex exec`.
 * @module
 */
import { letGo } from "../buffers.ts";
import { CodexError } from "../../errors.ts";
import type { ProcessSummary } from "../../events/catalogue.ts";
import type { AnyThreadEvent } from "../../protocol/events.ts";
import type { JsonText } from "../../protocol/long_json.ts";
import { invalidEvent, parseEvent } from "../../protocol/parse.ts";
import { LineSplitter } from "../lines.ts";
import type { ExitStatus } from "../ports.ts";
import { DRAIN_MS, type SupervisedChild } from "../supervised_child.ts";
import type { TurnSource } from "../turn_source.ts";
import { PendingRead } from "../pending_read.ts";
import { unhurried } from "../unhurried.ts";

/**
 * How long the CLI may take to exit after it has told the end of the turn or has closed its output:
 * it flushes its own telemetry then, whose default timeout is 10 s.
 */
const EXIT_WAIT_MS = 15_000;

/** How long it may take when nobody waits for its last words. */
const GENTLE_WAIT_MS = 2_000;

/** How much of standard error an error carries. */
const STDERR_SHOWN_BYTES = 8 * 1024;

/** The prompt is written in pieces of this size, so that a write that waits holds up little. */
const PROMPT_PIECE_BYTES = 64 * 1024;

/** Reads the events of one CLI process. */
export class ExecSource implements TurnSource {
  readonly isLive = false;
  readonly #child: SupervisedChild;
  readonly #read: PendingRead<Uint8Array>;
  #exitWaitMs: number;
  readonly #splitter = new LineSplitter();
  /** Why the prompt could not be written; it matters only if the run fails. */
  #promptError: unknown;
  #drainTimer: ReturnType<typeof setTimeout> | undefined;
  #lastWordsTimer: ReturnType<typeof setTimeout> | undefined;
  #drainStartMs = 0;
  /** In all, and not anew for each read, lest a pipe that others write to be read for ever. */
  #drainLeftMs = DRAIN_MS;
  #exit: ExitStatus | undefined;
  #lastEvent: AnyThreadEvent | undefined;
  #ended = false;

  /** Takes over a child that was just started, and hands it the prompt. */
  constructor(child: SupervisedChild, prompt: string, options: { exitWaitMs?: number } = {}) {
    this.#child = child;
    this.#exitWaitMs = options.exitWaitMs ?? EXIT_WAIT_MS;
    this.#read = new PendingRead(unhurried(child.stdout, this.#splitter));
    void this.#writePrompt(prompt);
    void this.#watchExit();
  }

  poll(): AnyThreadEvent | undefined {
    for (;;) {
      const line = this.#splitter.shift();
      if (line === undefined) return this.#takeLastEvent();
      if (line !== "") return parseEvent(line, this.#splitter.lineNumber);
    }
  }

  async fill(options: { isTold: boolean }): Promise<boolean> {
    if (this.#ended) return false;
    const chunk = await this.#nextChunk(options);
    if (chunk) {
      this.#splitter.push(chunk);
      return true;
    }
    this.#ended = true;
    const rest = this.#splitter.end();
    if (rest === undefined || isBlank(rest)) return false;
    this.#lastEvent = await this.#parseUnterminated(rest);
    return true;
  }

  interrupt(error: Error): void {
    this.#read.fail(error);
  }

  async finish(options: { isTold: boolean }): Promise<void> {
    const status = await this.#child.finish(this.#exitWaitMs);
    this.#exit = status;
    if (options.isTold && this.#child.wasStopped) return;
    // A CLI that was stopped before it told the end may still exit with 0.
    const isCut = this.#child.wasStopped;
    if (status.code !== 0 || status.signal || isCut) throw this.#execFailed(status);
  }

  async stop(options: { gently: boolean }): Promise<void> {
    void this.#read.discard(letGo);
    if (options.gently) await this.#child.finish(GENTLE_WAIT_MS);
    else await this.#child.stop();
    this.#exit = await this.#child.exited;
  }

  process(): ProcessSummary | undefined {
    if (!this.#exit) return undefined;
    return { pid: this.#child.pid, exit_code: this.#exit.code, signal: this.#exit.signal };
  }

  #takeLastEvent(): AnyThreadEvent | undefined {
    const event = this.#lastEvent;
    this.#lastEvent = undefined;
    return event;
  }

  async #nextChunk({ isTold }: { isTold: boolean }): Promise<Uint8Array | undefined> {
    const chunk = this.#read.next();
    if (this.#exit) this.#boundRead();
    else if (isTold) this.#boundLastWords();
    try {
      return await chunk;
    } catch (error) {
      // Whoever has stopped the child lets go of its pipes, which fails a read (as Node has it).
      if (this.#exit && !this.#read.hasFailed) return undefined;
      throw error;
    } finally {
      this.#unboundRead();
    }
  }

  async #watchExit(): Promise<void> {
    this.#exit = await this.#child.exited;
    if (this.#read.isWaiting) this.#boundRead();
  }

  /** Once the CLI has exited, what is in the pipe comes at once; others may hold it open for long. */
  #boundRead(): void {
    this.#drainStartMs = performance.now();
    this.#drainTimer = setTimeout(() => this.#read.end(), this.#drainLeftMs);
  }

  /** A CLI that is done, and neither exits nor says more, is not waited for twice. */
  #boundLastWords(): void {
    this.#lastWordsTimer = setTimeout(() => {
      this.#exitWaitMs = 0;
      this.#read.end();
    }, this.#exitWaitMs);
  }

  #unboundRead(): void {
    clearTimeout(this.#lastWordsTimer);
    if (this.#drainTimer === undefined) return;
    clearTimeout(this.#drainTimer);
    this.#drainTimer = undefined;
    this.#drainLeftMs -= Math.min(this.#drainLeftMs, performance.now() - this.#drainStartMs);
  }

  /** A last line without an end is an event if it is whole; else the output was cut off. */
  async #parseUnterminated(rest: JsonText): Promise<AnyThreadEvent> {
    const { lineNumber } = this.#splitter;
    try {
      return parseEvent(rest, lineNumber);
    } catch (cause) {
      const failure = await this.finish({ isTold: false }).then(
        () => undefined,
        (error: Error) => error,
      );
      const end = failure ? `; ${failure.message}` : "";
      throw invalidEvent(rest, lineNumber, {
        note: `the output ended in the middle of line ${lineNumber}${end}`,
        cause: failure ?? cause,
      });
    }
  }

  #execFailed(status: ExitStatus): CodexError<"exec_failed"> {
    const stderr = this.#child.stderr(STDERR_SHOWN_BYTES);
    const detail = status.signal ? `signal ${status.signal}` : `code ${status.code ?? 1}`;
    return new CodexError("exec_failed", `Codex Exec exited with ${detail}: ${stderr}`, {
      details: { exitCode: status.code, signal: status.signal, stderr },
      ...(this.#promptError === undefined ? {} : { cause: this.#promptError }),
    });
  }

  async #writePrompt(prompt: string): Promise<void> {
    const bytes = new TextEncoder().encode(prompt);
    try {
      for (let start = 0; start < bytes.length; start += PROMPT_PIECE_BYTES) {
        await this.#child.stdin.write(bytes.subarray(start, start + PROMPT_PIECE_BYTES));
      }
    } catch (error) {
      this.#promptError = error;
    }
    await this.#child.stdin.close();
  }
}

function isBlank(line: JsonText): boolean {
  return typeof line === "string" && line.trim() === "";
}
