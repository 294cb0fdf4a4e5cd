/** One read at a time from an iterator, which can be ended from outside while it is pending. */
export class PendingRead<T> {
  readonly #iterator: AsyncIterator<T>;
  #settle: ((outcome: Outcome<T>) => void) | undefined;
  #failure: Error | undefined;

  /** Wraps an iterator. */
  constructor(iterator: AsyncIterator<T>) {
    this.#iterator = iterator;
  }

  /** Whether a read is waiting. */
  get isWaiting(): boolean {
    return this.#settle !== undefined;
  }

  /** Whether `fail()` was called. */
  get hasFailed(): boolean {
    return this.#failure !== undefined;
  }

  /** The next value; undefined at the end. Rejects with the error of `fail()`. */
  next(): Promise<T | undefined> {
    if (this.#failure) return Promise.reject(this.#failure);
    return new Promise((resolve, reject) => {
      const settle = (outcome: Outcome<T>) => {
        if (this.#settle !== settle) return;
        this.#settle = undefined;
        if ("error" in outcome) reject(outcome.error);
        else resolve(outcome.value);
      };
      this.#settle = settle;
      this.#iterator.next().then(
        (result) => settle({ value: result.done ? undefined : result.value }),
        (error) => settle({ error }),
      );
    });
  }

  /** Ends a waiting read as if the stream had ended. */
  end(): void {
    this.#settle?.({ value: undefined });
  }

  /** Makes this and every later read reject. */
  fail(error: Error): void {
    this.#failure ??= error;
    this.#settle?.({ error });
  }

  /** Reads on to the end and drops everything, so that the writer is not held up. */
  async discard(drop: (value: T) => void): Promise<void> {
    try {
      for (;;) {
        const { done, value } = await this.#iterator.next();
        if (done) return;
        drop(value);
      }
    } catch {
      // The pipe was let go of.
    }
  }
}

type Outcome<T> = { value: T | undefined } | { error: unknown };
