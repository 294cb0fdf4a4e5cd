/**
 * The transports to a CLI that is started here.
 * @module
 */
import { openStdio } from "./app_server/open_stdio.ts";
import { AppServerTransport } from "./app_server/transport.ts";
import { createCliFinder } from "./cli_finder.ts";
import { ExecTransport } from "./exec/exec_transport.ts";
import type { CodexOptions } from "./options.ts";
import type { Platform } from "./transports.ts";
import type { Transport, TransportContext } from "./turn_request.ts";

type LocalContext = Platform & TransportContext & { options: CodexOptions };

/** Makes a transport, by its name. */
export const localTransports: Readonly<
  Record<"exec" | "app-server", (context: LocalContext) => Transport>
> = {
  "exec": (context) => new ExecTransport({ ...context, findCli: cliFinder(context) }),
  "app-server"(context) {
    const findCli = cliFinder(context);
    return new AppServerTransport({
      ...context,
      name: "app-server",
      place: "the app-server",
      open: () => openStdio({ ...context, findCli }),
    });
  },
};

function cliFinder({ options }: LocalContext) {
  return createCliFinder(options.codexPathOverride);
}
