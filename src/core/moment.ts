/** A moment that others can wait for. */
export class Moment {
  #reach: () => void = () => {};

  /** Resolves when it is reached. */
  readonly reached: Promise<void> = new Promise((resolve) => this.#reach = resolve);

  /** It is now. Idempotent. */
  reach(): void {
    this.#reach();
  }
}
