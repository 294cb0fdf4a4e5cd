/**
 * The transports of platforms that can start processes.
 * @module
 */
import { AppServerTransport } from "./app_server/transport.ts";
import { openStdio } from "./app_server/open_stdio.ts";
import { checkCli } from "./cli_join.ts";
import { createCliFinder } from "./cli_finder.ts";
import { ExecTransport } from "./exec/exec_transport.ts";
import type { CodexOptions } from "./options.ts";
import type { RuntimeLoader } from "./ports.ts";
import type { ProcessRegistry } from "./processes.ts";
import { remoteTransport } from "./remote_transport.ts";
import type { Transport, TransportContext, TransportFactory } from "./turn_request.ts";

/** What the platform gives. */
export interface Platform {
  loadRuntime: RuntimeLoader;
  registry: ProcessRegistry;
}

/** Makes the transport that the options ask for. */
export function transportFactory(platform: Platform): TransportFactory {
  return (options, context) => createTransport(options, { ...platform, ...context });
}

function createTransport(
  options: CodexOptions,
  context: Platform & TransportContext,
): Transport {
  const findCli = createCliFinder(options.codexPathOverride);
  const { transport = "exec" } = options;
  checkCli(options);
  if (transport === "exec") return new ExecTransport({ ...context, options, findCli });
  if (transport === "app-server") {
    return new AppServerTransport({
      ...context,
      options,
      name: "app-server",
      place: "the app-server",
      open: () => openStdio({ ...context, options, findCli }),
    });
  }
  if (typeof transport !== "object") {
    throw new TypeError('transport must be "exec", "app-server" or { url, token, headers }.');
  }
  return remoteTransport(transport, {
    ...context,
    options,
    openWebSocket: async (request) => (await context.loadRuntime()).openWebSocket(request),
  });
}
