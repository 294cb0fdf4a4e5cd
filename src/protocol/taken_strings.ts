type Holder = Record<string | number, unknown>;

/** Strings that were taken out of a JSON text, where a mark stands for each. */
export class TakenStrings {
  /** Random, so that nobody who writes a text can know it. */
  readonly #mark = crypto.randomUUID();
  readonly #strings: string[] = [];

  /** Takes a string; what it gives stands for it in the text. */
  take(string: string): string {
    this.#strings.push(string);
    return `"${this.#mark}${this.#strings.length - 1}"`;
  }

  /** Forgets all. */
  clear(): void {
    this.#strings.length = 0;
  }

  /** Puts the strings back into what the text says. Without recursion: it may be nested deeply. */
  putBack(root: unknown): void {
    if (this.#strings.length === 0) return;
    const holders = [root];
    for (let holder = holders.pop(); isHolder(holder); holder = holders.pop()) {
      if (!Array.isArray(holder)) this.#putBackKeys(holder);
      for (const key of Array.isArray(holder) ? holder.keys() : Object.keys(holder)) {
        const value = holder[key];
        if (isHolder(value)) holders.push(value);
        else if (this.#isMark(value)) holder[key] = this.#stringOf(value);
      }
    }
  }

  /** All keys are set anew where one is a mark, so that their order stays. */
  #putBackKeys(holder: Holder): void {
    const entries = Object.entries(holder);
    if (!entries.some(([key]) => this.#isMark(key))) return;
    for (const [key] of entries) delete holder[key];
    for (const [key, value] of entries) {
      // By definition, since `__proto__` is a key like any other.
      Object.defineProperty(holder, this.#isMark(key) ? this.#stringOf(key) : key, {
        value,
        configurable: true,
        enumerable: true,
        writable: true,
      });
    }
  }

  #isMark(value: unknown): value is string {
    return typeof value === "string" && value.startsWith(this.#mark);
  }

  #stringOf(mark: string): string {
    return this.#strings[Number(mark.slice(this.#mark.length))]!;
  }
}

function isHolder(value: unknown): value is Holder {
  return typeof value === "object" && value !== null;
}
