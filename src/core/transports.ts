/**
 * The transports of platforms that can start processes, each loaded with its first turn.
 * @module
 */
import { checkCli } from "./cli_options.ts";
import { LazyTransport } from "./lazy_transport.ts";
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
  const { transport: name = "exec" } = options;
  checkCli(options);
  if (name === "exec" || name === "app-server") {
    const load = async () =>
      (await import("./local_transports.ts")).localTransports[name]({ ...context, options });
    return new LazyTransport({ name, load });
  }
  if (typeof name !== "object") {
    throw new TypeError('transport must be "exec", "app-server" or { url, token, headers }.');
  }
  return remoteTransport(name, {
    ...context,
    options,
    openWebSocket: async (request) => (await context.loadRuntime()).openWebSocket(request),
  });
}
