import type { TransportName } from "../events/catalogue.ts";
import type { ServerAddress, Transport, TurnRequest } from "./turn_request.ts";
import type { TurnSource } from "./turn_source.ts";

/** What is known of a transport before it is loaded, and how to load it. */
export interface LazyTransportOptions {
  name: TransportName;
  server?: ServerAddress;
  load: () => Promise<Transport>;
}

/** Loads a transport with its first turn: most of this package's code is behind one. */
export class LazyTransport implements Transport {
  readonly name: TransportName;
  readonly server: ServerAddress | undefined;
  readonly #load: () => Promise<Transport>;
  #loading: Promise<Transport> | undefined;

  constructor({ name, server, load }: LazyTransportOptions) {
    this.name = name;
    this.server = server;
    this.#load = load;
  }

  /** Starts a turn. Rejects with a `CodexError` when it cannot be started. */
  async open(request: TurnRequest): Promise<TurnSource> {
    const transport = await (this.#loading ??= this.#load());
    return await transport.open(request);
  }

  /** Ends what turns share, where there was a turn. Never rejects. */
  async close(): Promise<void> {
    const transport = await this.#loading?.catch(() => undefined);
    await transport?.close();
  }
}
