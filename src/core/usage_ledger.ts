/**
 * What a thread has used, and what each turn added to it.
 * @module
 */
import { countsBetween, ZERO_COUNTS } from "../protocol/counts.ts";
import type { TokenCounts } from "../protocol/usage.ts";

/** Reads the total of a thread from where the CLI keeps it; undefined where that cannot be read. */
export type UsageBaseReader = () => Promise<TokenCounts | undefined>;

/**
 * The running total of one thread. `codex exec` reports totals that are cumulative over the thread,
 * so a turn's own usage is a difference, known only where the total before it is.
 */
export class UsageLedger {
  #total: TokenCounts | undefined;
  #turnBase: TokenCounts | undefined;

  /** A new thread has used nothing; a resumed one has used what nobody knows yet. */
  constructor(isNew: boolean) {
    this.#total = isNew ? ZERO_COUNTS : undefined;
    this.#turnBase = this.#total;
  }

  /** Begins a turn; asks the reader where the total is not known. */
  async beginTurn(readBase: UsageBaseReader): Promise<void> {
    this.#total ??= await readBase();
    this.#turnBase = this.#total;
  }

  /** Takes the thread's new total; answers what was added since the last one, where known. */
  record(total: TokenCounts): TokenCounts | undefined {
    const before = this.#total;
    this.#total = { ...before, ...total };
    return before && countsBetween(before, total);
  }

  /** What the present turn has added so far, where known. */
  turnUsage(): TokenCounts | undefined {
    if (!this.#turnBase || !this.#total) return undefined;
    return countsBetween(this.#turnBase, this.#total);
  }

  /** The turn ended without telling its usage: the total is no longer known. */
  forget(): void {
    this.#total = undefined;
  }
}
