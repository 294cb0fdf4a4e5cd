/**
 * Token counts of a thread as the app-server tells them.
 * @module
 */
import { countsBetween, parseCounts, ZERO_COUNTS } from "../counts.ts";
import { asFields, type Fields, numberField } from "../fields.ts";
import type { TokenCounts, Usage } from "../usage.ts";

/** What one `thread/tokenUsage/updated` says. */
export interface TokenReport {
  /** The thread's total. */
  total: Usage;
  /**
   * The counts of the last request to the model. Not what was added since the last report: reports
   * repeat themselves, and at the end of a compaction it is an estimate (codex-cli 0.169.0).
   */
  last?: TokenCounts;
  /** How many tokens the model's context holds at most. */
  contextWindow?: number;
}

/** Reads the parameters of `thread/tokenUsage/updated`; undefined when there is no total in them. */
export function readTokenReport(params: Fields): TokenReport | undefined {
  const usage = asFields(params["tokenUsage"]);
  const total = parseCounts(usage["total"]);
  if (!total) return undefined;
  const last = parseCounts(usage["last"]);
  const contextWindow = numberField(usage, "modelContextWindow");
  return {
    total: { ...ZERO_COUNTS, ...total },
    ...(last ? { last } : {}),
    ...(contextWindow === undefined ? {} : { contextWindow }),
  };
}

/** The running total of a thread, and what a turn adds to it. */
export class TokenTotal {
  #base: TokenCounts | undefined;
  #report: TokenReport | undefined;

  /** With the total before the turn, where it is known. */
  constructor(base: TokenCounts | undefined) {
    this.#base = base;
  }

  /** The thread's total, as far as it is known. */
  get total(): TokenCounts | undefined {
    return this.#report?.total ?? this.#base;
  }

  /** Takes the total that a thread had before the turn. */
  rebase(total: TokenCounts): void {
    this.#base = total;
  }

  /** Takes a new total; answers what was added since the one before, where that is known. */
  record(report: TokenReport): TokenCounts | undefined {
    const before = this.total;
    this.#report = report;
    return before && countsBetween(before, report.total);
  }

  /** What the turn has added so far, where the total before it is known. */
  turnUsage(): TokenCounts | undefined {
    if (!this.#base) return undefined;
    return countsBetween(this.#base, this.total ?? this.#base);
  }

  /** The thread's total as exec prints it at the end of a turn, with the size of the context. */
  usage(): Usage & { context_window?: number } {
    const contextWindow = this.#report?.contextWindow;
    return {
      ...ZERO_COUNTS,
      ...this.total,
      ...(contextWindow === undefined ? {} : { context_window: contextWindow }),
    };
  }
}
