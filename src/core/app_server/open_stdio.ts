/**
 * An app-server as a child of this process.
 * @module
 */
import { CodexError } from "../../errors.ts";
import type { Clock } from "../../events/clock.ts";
import { createSpanToken } from "../../events/span_token.ts";
import type { TelemetrySink } from "../../events/sink.ts";
import { childEnv } from "../child_env.ts";
import { cliSurroundings } from "../cli_surroundings.ts";
import { configArgs } from "../exec/argv.ts";
import type { CliFinder } from "../cli_finder.ts";
import type { CodexOptions } from "../options.ts";
import type { RuntimeLoader } from "../ports.ts";
import type { ProcessRegistry } from "../processes.ts";
import { completeGraces } from "../shutdown_ladder.ts";
import { SupervisedChild } from "../supervised_child.ts";
import type { OpenedChannel } from "./connection.ts";
import { KEEP_LOGIN_IN_MEMORY } from "./log_in.ts";
import { StdioChannel } from "./stdio_channel.ts";

/** What starting one needs. */
export interface StdioContext {
  options: CodexOptions;
  loadRuntime: RuntimeLoader;
  findCli: CliFinder;
  registry: ProcessRegistry;
  sink: TelemetrySink;
  clock: Clock;
}

/** Lets go of a thread when it is unsubscribed from; by default the CLI (0.169) keeps it for long. */
const UNLOAD_AT_ONCE = "thread_unload_delay_secs=0";

/** How much of standard error an error carries. */
const STDERR_SHOWN_BYTES = 8 * 1024;

/** How long a child whose output has ended may take to exit. */
const EXIT_WAIT_MS = 2_000;

/**
 * Starts an app-server.
 * @throws {CodexError} `invalid_config`, `cli_not_found`, `spawn_failed`.
 */
export async function openStdio(context: StdioContext): Promise<OpenedChannel> {
  const { options, registry, sink, clock } = context;
  const login = options.apiKey ? ["--config", KEEP_LOGIN_IN_MEMORY] : [];
  const runtime = await context.loadRuntime();
  const { base, overrides } = await cliSurroundings({ options, runtime, sink });
  const config = [...configArgs(options, overrides), ...login];
  const args = ["app-server", "--config", UNLOAD_AT_ONCE, ...config];
  const cli = await context.findCli(runtime, base);
  const env = childEnv({
    base,
    pathDirectories: cli.pathDirectories,
    platform: runtime.platform,
  });
  const metadata = { originator: "sdk", span_token: createSpanToken() } as const;
  const child = await SupervisedChild.start({ command: cli.command, args, env }, {
    runtime,
    registry,
    sink,
    clock,
    metadata: () => metadata,
    graces: completeGraces(options.stopGraces),
    // It ends when its input does; SIGINT would be a rude way to say the same.
    interrupt: false,
  });
  return { channel: new StdioChannel(child), isOwn: true, describeEnd: () => describeEnd(child) };
}

async function describeEnd(child: SupervisedChild): Promise<Error> {
  const { code, signal } = await child.finish(EXIT_WAIT_MS);
  const stderr = child.stderr(STDERR_SHOWN_BYTES);
  const how = signal ? `signal ${signal}` : `code ${code}`;
  return new CodexError("connection_lost", `The app-server ended with ${how}: ${stderr}`, {
    details: { exitCode: code, signal, stderr },
  });
}
