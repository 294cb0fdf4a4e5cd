/**
 * What is known of the threads that one server has loaded.
 * @module
 */
import { parseCounts } from "../../protocol/counts.ts";
import { asFields, type Fields } from "../../protocol/fields.ts";
import type { TokenCounts } from "../../protocol/usage.ts";

/** A message of the server. */
export interface Notification {
  method: string;
  params: Fields;
}

/** So many threads stay loaded; each takes a server more than 1 MB (codex-cli 0.169.0). */
const MAX_LOADED = 64;

/** How much of what comes ahead of its listener is kept. */
const MAX_EARLY = 256;

/** Threads by id, those that were used last at the end. */
export class LoadedThreads {
  readonly #totals = new Map<string, TokenCounts | undefined>();
  readonly #maxLoaded: number;
  #expecting = 0;
  #early: { threadId: string; notification: Notification }[] = [];

  /** Knows of no thread. */
  constructor(options: { maxLoaded?: number } = {}) {
    this.#maxLoaded = options.maxLoaded ?? MAX_LOADED;
  }

  /** How many threads are loaded. */
  get size(): number {
    return this.#totals.size;
  }

  /** Whether the server has loaded a thread. */
  has(threadId: string): boolean {
    return this.#totals.has(threadId);
  }

  /** What a thread has used in all, as far as the server has told. */
  total(threadId: string): TokenCounts | undefined {
    return this.#totals.get(threadId);
  }

  /** A thread is loaded, or is about to be. */
  add(threadId: string, total?: TokenCounts): void {
    this.#totals.set(threadId, total);
  }

  /** A thread is used now, and others before it. */
  touch(threadId: string): void {
    const total = this.#totals.get(threadId);
    this.#totals.delete(threadId);
    this.#totals.set(threadId, total);
  }

  /** A thread is not loaded any more. */
  remove(threadId: string): void {
    this.#totals.delete(threadId);
  }

  /** Those that are too many: the ones that were not used for longest and do nothing. */
  surplus(isBusy: (threadId: string) => boolean): string[] {
    const count = this.#totals.size - this.#maxLoaded;
    if (count <= 0) return [];
    return [...this.#totals.keys()].filter((threadId) => !isBusy(threadId)).slice(0, count);
  }

  /** Notes what a notification says of its thread as a whole. */
  note(threadId: string, { method, params }: Notification): void {
    if (method === "thread/closed") return this.remove(threadId);
    if (method !== "thread/tokenUsage/updated" || !this.#totals.has(threadId)) return;
    const total = parseCounts(asFields(params["tokenUsage"])["total"]);
    if (total) this.#totals.set(threadId, total);
  }

  /**
   * While the work goes on, keeps what comes for threads that nobody listens to yet: the id of a new
   * thread is known only when its first notifications may be there already.
   */
  async expect<T>(work: () => Promise<T>): Promise<T> {
    this.#expecting++;
    try {
      return await work();
    } finally {
      this.#expecting--;
      if (this.#expecting === 0) this.#early = [];
    }
  }

  /** Keeps a notification that nobody listens to, if somebody may soon. */
  keepEarly(threadId: string, notification: Notification): void {
    if (this.#expecting === 0 || this.#early.length >= MAX_EARLY) return;
    this.#early.push({ threadId, notification });
  }

  /** What was kept for a thread, once. */
  takeEarly(threadId: string): Notification[] {
    const taken = this.#early.filter((early) => early.threadId === threadId);
    if (taken.length > 0) this.#early = this.#early.filter((early) => early.threadId !== threadId);
    return taken.map(({ notification }) => notification);
  }
}
