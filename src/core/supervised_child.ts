/**
 * A child process that is announced, listed, and never left behind.
 * @module
 */
import type { Clock } from "../events/clock.ts";
import { measureSince } from "../events/clock.ts";
import type { RunMetadata } from "../events/catalogue.ts";
import type { TelemetrySink } from "../events/sink.ts";
import { delay } from "./delay.ts";
import { displayCommand } from "./display_command.ts";
import type { ChildProcess, ExitStatus, ProcessReference, Runtime, SpawnOptions } from "./ports.ts";
import type { ProcessInfo, ProcessRegistry } from "./processes.ts";
import { endLeftovers, exitsWithin, stopChild } from "./shutdown_ladder.ts";
import type { StopGraces, StoppedBy } from "./shutdown_ladder.ts";
import { Tail } from "./tail.ts";

/** How much of standard error is kept. */
const STDERR_KEPT_BYTES = 64 * 1024;

/** How long a pipe is still read after the child has exited, while somebody else holds it open. */
export const DRAIN_MS = 1_000;

/** How long others may still write to standard error before they are ended. */
const LAST_WORDS_MS = 100;

/**
 * What a child starts inherits this, so that it can be found when the child has died before anybody
 * could ask whose it is.
 */
const MARK_VARIABLE = "CODEX_OTEL_CHILD";

/** What a child needs around it. */
export interface SupervisorContext {
  runtime: Runtime;
  registry: ProcessRegistry;
  sink: TelemetrySink;
  clock: Clock;
  /** The metadata of the run, as far as it is known by then. */
  metadata: () => RunMetadata;
  graces: StopGraces;
  /** Whether SIGINT ends this program cleanly. */
  interrupt: boolean;
}

/** One child process, from its start to the moment when nothing of it is left. */
export class SupervisedChild {
  readonly #child: ChildProcess;
  readonly #context: SupervisorContext;
  readonly #command: string;
  readonly #mark: string;
  /** What the process table says of it at its start; undefined where it does not tell. */
  readonly #reference: Promise<ProcessReference | undefined>;
  readonly #startWallMs: number;
  readonly #startMs: number;
  readonly #stderr = new Tail(STDERR_KEPT_BYTES);
  readonly #stderrRead: Promise<void>;
  readonly #unregister: () => void;
  readonly #unguard: () => void;
  #stopping: Promise<void> | undefined;
  #stoppedBy: StoppedBy | undefined;
  #hasExited = false;
  #over = false;

  private constructor(
    child: ChildProcess,
    { command, mark }: { command: string; mark: string },
    context: SupervisorContext,
  ) {
    this.#child = child;
    this.#context = context;
    this.#command = command;
    this.#mark = mark;
    this.#startWallMs = context.clock.wallMs();
    this.#startMs = context.clock.monotonicMs();
    this.#reference = context.runtime.processes.find(child.pid);
    this.#stderrRead = this.#readStderr();
    void child.exited.then(() => this.#hasExited = true);
    this.#unguard = context.runtime.endWithHost(child.pid);
    this.#unregister = context.registry.add(child.pid, {
      info: () => this.#info(),
      isReused: () => this.#isReused(),
      stop: () => this.stop(),
    });
    context.sink.emit("codex.process.start", { system_time: this.#startWallMs }, {
      ...context.metadata(),
      pid: child.pid,
      command,
    });
  }

  /**
   * Starts a program.
   * @throws {CodexError} `cli_not_found` or `spawn_failed`.
   */
  static async start(
    options: SpawnOptions,
    context: SupervisorContext,
  ): Promise<SupervisedChild> {
    const mark = crypto.randomUUID();
    const env = { ...options.env, [MARK_VARIABLE]: mark };
    const child = await context.runtime.spawn({ ...options, env });
    const command = displayCommand(options.command, options.args);
    return new SupervisedChild(child, { command, mark }, context);
  }

  get pid(): number {
    return this.#child.pid;
  }

  get stdin(): ChildProcess["stdin"] {
    return this.#child.stdin;
  }

  get stdout(): ChildProcess["stdout"] {
    return this.#child.stdout;
  }

  /** Resolves when the child itself has exited. */
  get exited(): Promise<ExitStatus> {
    return this.#child.exited;
  }

  /** Whether the child did not end by itself. */
  get wasStopped(): boolean {
    return this.#stoppedBy !== undefined;
  }

  /** The end of what the child wrote to standard error. */
  stderr(maxBytes?: number): string {
    return this.#stderr.text(maxBytes);
  }

  /**
   * Waits for a child that is about to exit by itself, and stops it when it does not; then nothing
   * of it is left.
   */
  async finish(withinMs: number): Promise<ExitStatus> {
    if (!await exitsWithin(this.#child, withinMs)) await this.stop();
    const status = await this.#child.exited;
    // Whoever stops it at the same time knows more of how it ended.
    if (this.#stopping) await this.#stopping;
    else await this.#settle(status);
    return status;
  }

  async #settle(status: ExitStatus): Promise<void> {
    // What is left of the group may hold the pipe, or may be about to write the last words to it.
    await this.#drainStderr(LAST_WORDS_MS);
    const hasCrashed = status.code !== 0 || status.signal !== null;
    await this.#endLeftovers(hasCrashed ? await this.#marked() : []);
    await this.#drainStderr(DRAIN_MS);
    this.#announceEnd(status);
  }

  /** Ends the child and everything it started. Idempotent, and never rejects. */
  stop(): Promise<void> {
    if (this.#over) return Promise.resolve();
    return this.#stopping ??= this.#stop();
  }

  async #stop(): Promise<void> {
    const { runtime, graces, interrupt } = this.#context;
    const { processes } = runtime;
    this.#stoppedBy = await stopChild(this.#child, { processes, graces, interrupt });
    await this.#endLeftovers(await this.#marked());
    const status = await this.#child.exited;
    await this.#drainStderr(DRAIN_MS);
    this.#announceEnd(status);
  }

  #marked(): Promise<ProcessReference[]> {
    return this.#context.runtime.processes.withVariable(MARK_VARIABLE, this.#mark);
  }

  async #endLeftovers(descendants: readonly ProcessReference[]): Promise<void> {
    const { runtime: { processes }, graces } = this.#context;
    await endLeftovers(this.#child, { processes, graces, descendants });
  }

  #announceEnd(status: ExitStatus): void {
    if (this.#over) return;
    this.#over = true;
    this.#child.release();
    this.#unregister();
    this.#unguard();
    const { sink, clock, metadata } = this.#context;
    sink.emit("codex.process.stop", measureSince(this.#startMs, clock), {
      ...metadata(),
      pid: this.pid,
      command: this.#command,
      exit_code: status.code,
      signal: status.signal,
      ...(this.#stoppedBy ? { stopped_by: this.#stoppedBy } : {}),
    });
  }

  #info(): ProcessInfo {
    const { thread_id: threadId } = this.#context.metadata();
    return {
      pid: this.pid,
      command: this.#command,
      startedAt: new Date(this.#startWallMs),
      ...(threadId === undefined ? {} : { threadId }),
      state: this.#stopping || this.#hasExited ? "stopping" : "running",
    };
  }

  /** Its pid is free for others when it has exited, though what it has left may not be gone. */
  async #isReused(): Promise<boolean> {
    const own = await this.#reference;
    const now = await this.#context.runtime.processes.find(this.pid);
    return own !== undefined && now !== undefined && now.startTime !== own.startTime;
  }

  async #readStderr(): Promise<void> {
    try {
      for await (const chunk of this.#child.stderr) this.#stderr.push(chunk);
    } catch {
      // The pipe was let go of; what came before is kept.
    }
  }

  async #drainStderr(withinMs: number): Promise<void> {
    const timer = new AbortController();
    await Promise.race([this.#stderrRead, delay(withinMs, timer.signal)]);
    timer.abort();
  }
}
