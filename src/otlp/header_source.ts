import { checkHeaders } from "./headers.ts";
import type { HeaderOption, HeaderRecord } from "./options.ts";

/**
 * Gives the user's headers. Those of a function are kept until they are refused; those that are
 * written down are checked at once.
 */
export class HeaderSource {
  readonly #ask: (() => HeaderRecord | Promise<HeaderRecord>) | undefined;
  readonly #requestBound: boolean;
  #known: HeaderRecord | undefined;
  #asking: Promise<HeaderRecord> | undefined;
  #secrets: readonly string[] = [];

  /** @throws {TypeError} for headers that HTTP does not allow. */
  constructor(option: HeaderOption = {}, options: { requestBound?: boolean } = {}) {
    this.#requestBound = options.requestBound ?? false;
    if (typeof option === "function") this.#ask = option;
    else this.#keep(checkHeaders(option));
  }

  /** Whether asking again may give other headers. */
  get renewable(): boolean {
    return this.#ask !== undefined;
  }

  /** Every value that was ever used and is still worth hiding. */
  get secrets(): readonly string[] {
    return this.#secrets;
  }

  /** Gives the headers. Rejects with what the user's function threw. */
  get(): HeaderRecord | Promise<HeaderRecord> {
    if (this.#known) return this.#known;
    // What another request waits for may never come.
    if (this.#requestBound) return this.#load();
    return this.#asking ??= this.#load().finally(() => this.#asking = undefined);
  }

  /** Waits no longer for a function that does not answer: the next request asks again. */
  giveUp(): void {
    this.#asking = undefined;
  }

  /** Forgets headers that the collector has refused, unless they were replaced meanwhile. */
  refuse(headers: HeaderRecord): void {
    if (this.#ask && this.#known === headers) this.#known = undefined;
  }

  async #load(): Promise<HeaderRecord> {
    return this.#keep(checkHeaders(await this.#ask!()));
  }

  #keep(headers: HeaderRecord): HeaderRecord {
    // Those before may still come back in an answer that is on its way.
    this.#secrets = [...new Set([...Object.values(headers), ...this.#secrets])].slice(0, 64);
    return this.#known = headers;
  }
}
