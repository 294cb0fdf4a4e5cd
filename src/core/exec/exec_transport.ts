/**
 * Turns by `codex exec`: one CLI process each.
 * @module
 */
import type { Clock } from "../../events/clock.ts";
import type { TelemetrySink } from "../../events/sink.ts";
import { ZERO_COUNTS } from "../../protocol/counts.ts";
import { childEnv } from "../child_env.ts";
import { cliSurroundings } from "../cli_surroundings.ts";
import type { CliFinder } from "../cli_finder.ts";
import type { CodexOptions } from "../options.ts";
import type { Runtime, RuntimeLoader } from "../ports.ts";
import type { ProcessRegistry } from "../processes.ts";
import { completeGraces } from "../shutdown_ladder.ts";
import { SupervisedChild } from "../supervised_child.ts";
import type { Transport, TurnRequest } from "../turn_request.ts";
import type { TurnSource } from "../turn_source.ts";
import { execArgv } from "./argv.ts";
import { ExecSource } from "./exec_source.ts";
import { readRolloutUsage } from "./rollout_usage.ts";
import { writeSchemaFile } from "./schema_file.ts";

/** What the transport needs around it. */
export interface ExecTransportContext {
  options: CodexOptions;
  loadRuntime: RuntimeLoader;
  findCli: CliFinder;
  registry: ProcessRegistry;
  sink: TelemetrySink;
  clock: Clock;
}

/** Starts one `codex exec` a turn. */
export class ExecTransport implements Transport {
  readonly name = "exec";
  readonly #context: ExecTransportContext;

  /** Creates the transport of one `Codex`. */
  constructor(context: ExecTransportContext) {
    this.#context = context;
  }

  /**
   * Starts the CLI for one turn.
   * @throws {CodexError} `invalid_config`, `invalid_output_schema`, `cli_not_found`, `spawn_failed`.
   */
  async open(request: TurnRequest): Promise<TurnSource> {
    const { options, loadRuntime, sink } = this.#context;
    const runtime = await loadRuntime();
    const { base, overrides } = await cliSurroundings({ options, runtime, sink });
    const schemaFile = await writeSchemaFile(runtime.files, request.turn.outputSchema);
    if (schemaFile) request.defer(schemaFile.remove);
    const args = execArgv({
      codex: options,
      overrides,
      thread: request.thread,
      turn: request.turn,
      threadId: request.threadId,
      images: request.images,
      ...(schemaFile ? { outputSchemaFile: schemaFile.path } : {}),
    });
    const cli = await this.#context.findCli(runtime, base);
    // Before the CLI starts, since it adds to what is read here.
    await request.ledger.beginTurn(() => readBase(runtime, { request, env: base }));
    const env = childEnv({
      base,
      ...(options.apiKey ? { apiKey: options.apiKey } : {}),
      trace: sink.carrier?.({ span_token: request.telemetry.metadata.span_token }),
      pathDirectories: cli.pathDirectories,
      platform: runtime.platform,
    });
    // A turn that has ended by now needs no CLI, which would have to be stopped.
    request.signal.throwIfAborted();
    const child = await this.#start(runtime, {
      spawn: { command: cli.command, args, env },
      request,
    });
    return new ExecSource(child, request.prompt);
  }

  /** Each turn ends its own process. */
  close(): Promise<void> {
    return Promise.resolve();
  }

  #start(
    runtime: Runtime,
    start: { spawn: Parameters<typeof SupervisedChild.start>[0]; request: TurnRequest },
  ): Promise<SupervisedChild> {
    const { options, registry, sink, clock } = this.#context;
    return SupervisedChild.start(start.spawn, {
      runtime,
      registry,
      sink,
      clock,
      metadata: () => start.request.telemetry.metadata,
      graces: completeGraces(options.stopGraces),
      interrupt: true,
    });
  }
}

function readBase(
  runtime: Runtime,
  context: { request: TurnRequest; env: Readonly<Record<string, string>> },
) {
  const { threadId } = context.request;
  if (threadId === null) return Promise.resolve(ZERO_COUNTS);
  return readRolloutUsage(runtime, { threadId, env: context.env });
}
