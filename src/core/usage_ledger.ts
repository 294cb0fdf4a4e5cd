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
  /** Whether the present turn has told its usage. One that ended without leaves the total unknown. */
  #isTold = true;

  /** A new thread has used nothing; a resumed one has used what nobody knows yet. */
  constructor(isNew: boolean) {
    this.#total = isNew ? ZERO_COUNTS : undefined;
  }

  /** Begins a turn; asks the reader where the total is not known. */
  async beginTurn(readBase: UsageBaseReader): Promise<void> {
    if (!this.#isTold) this.#total = undefined;
    this.#total ??= await readBase();
    this.#turnBase = this.#total;
    this.#isTold = false;
  }

  /** Takes the thread's new total; answers what was added since the last one, where known. */
  record(total: TokenCounts): TokenCounts | undefined {
    const before = this.#total;
    this.#total = { ...before, ...total };
    this.#isTold = true;
    return before && countsBetween(before, total);
  }

  /** What the present turn has added so far, where it has told it and the total before is known. */
  turnUsage(): TokenCounts | undefined {
    if (!this.#isTold || !this.#turnBase || !this.#total) return undefined;
    return countsBetween(this.#turnBase, this.#total);
  }
}
