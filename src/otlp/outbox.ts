/** What an outbox needs to know of an entry. */
export interface Sized {
  /** Bytes it holds. */
  readonly size: number;
}

/**
 * A queue bounded by bytes, oldest first. What is taken out still counts until it is released, so
 * that what is in flight is within the bound too. What does not fit pushes the oldest out.
 */
export class Outbox<Entry extends Sized> {
  readonly #maxBytes: number;
  readonly #waiting: Set<Entry> = new Set();
  /** Came back from an attempt, so older than all of `#waiting`. */
  #returned: Entry[] = [];
  #bytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** Bytes waiting and in flight. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Entries waiting. */
  get length(): number {
    return this.#waiting.size + this.#returned.length;
  }

  /** Adds the newest entry and gives back those that had to go, which may be this one. */
  push(entry: Entry): Entry[] {
    this.#waiting.add(entry);
    this.#bytes += entry.size;
    return this.#evict();
  }

  /** Takes out the oldest entry; its bytes count until `release` or `restore`. */
  take(): Entry | undefined {
    const entry = this.#returned.shift() ?? this.#waiting.values().next().value;
    if (entry) this.#waiting.delete(entry);
    return entry;
  }

  /** Ends the account of an entry that was taken out. */
  release(entry: Entry): void {
    this.#bytes -= entry.size;
  }

  /** Puts back an entry that was taken out. */
  restore(entry: Entry): void {
    this.#returned.push(entry);
  }

  /** Takes the oldest entry out for good. */
  dropOldest(): Entry | undefined {
    const entry = this.take();
    if (entry) this.release(entry);
    return entry;
  }

  /** Takes everything out and ends its account. */
  clear(): Entry[] {
    const entries = [...this.#returned, ...this.#waiting];
    this.#returned = [];
    this.#waiting.clear();
    for (const entry of entries) this.release(entry);
    return entries;
  }

  #evict(): Entry[] {
    const evicted: Entry[] = [];
    while (this.#bytes > this.#maxBytes) {
      const entry = this.dropOldest();
      if (!entry) break;
      evicted.push(entry);
    }
    return evicted;
  }
}
