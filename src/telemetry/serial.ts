/** Runs asynchronous work one after the other, in the order of the calls. */
export interface Serial {
  /** Runs `work` when all work before it has settled, and gives its result. */
  run<T>(work: () => Promise<T>): Promise<T>;
  /** Waits until all work so far has settled. */
  settled(): Promise<void>;
}

/** The order of promises. */
export class PromiseSerial implements Serial {
  #last: Promise<unknown> = Promise.resolve();

  run<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#last.then(work);
    this.#last = result.catch(() => {});
    return result;
  }

  async settled(): Promise<void> {
    await this.#last;
  }
}
