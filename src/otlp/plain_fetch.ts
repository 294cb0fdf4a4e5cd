import type { Connection, Fetch } from "./ports.ts";

/** The platform's own `fetch`, or what it offers in its place. */
export class PlainFetch {
  readonly #open: (() => Promise<Connection | undefined>) | undefined;
  #opening: Promise<Connection | undefined> | undefined;

  constructor(open: (() => Promise<Connection | undefined>) | undefined) {
    this.#open = open;
  }

  /** Gives the `fetch` for the next request. */
  connect(): Fetch | Promise<Fetch> {
    if (!this.#open) return globalFetch;
    this.#opening ??= this.#open();
    return this.#opening.then((connection) => connection?.fetch ?? globalFetch);
  }

  /** Lets go of idle sockets. */
  close(): void {
    this.#opening?.then((connection) => connection?.close(), () => {});
  }
}

/** Looked up at each call, so that what replaces the global later is used. */
const globalFetch: Fetch = (url, init) => globalThis.fetch(url, init);
