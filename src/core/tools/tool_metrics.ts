/** What is counted of one tool. Latencies are in milliseconds. */
export interface ToolMetrics {
  /** Calls that the tool served. */
  success: number;
  /** Calls that failed: bad arguments, a throw, a timeout. */
  failure: number;
  /** How long the last call took. */
  lastLatencyMs: number;
  /** How long all calls together took. */
  totalLatencyMs: number;
  /** Message of the last failure. */
  lastError?: string;
}

/** Counts the calls of the tools of this process. */
export class ToolStatistics {
  readonly #byName = new Map<string, ToolMetrics>();

  /** A copy of the counts, by the tool's name. */
  metrics(): Record<string, ToolMetrics> {
    return Object.fromEntries(
      Array.from(this.#byName, ([name, metrics]) => [name, { ...metrics }]),
    );
  }

  /** Forgets all counts. */
  resetMetrics(): void {
    this.#byName.clear();
  }

  /**
   * Counts one call; `error` is why it failed.
   * @ignore
   */
  record(name: string, call: { latencyMs: number; error?: string }): void {
    const metrics = this.#byName.get(name) ??
      { success: 0, failure: 0, lastLatencyMs: 0, totalLatencyMs: 0 };
    if (call.error === undefined) metrics.success++;
    else {
      metrics.failure++;
      metrics.lastError = call.error;
    }
    metrics.lastLatencyMs = call.latencyMs;
    metrics.totalLatencyMs += call.latencyMs;
    this.#byName.set(name, metrics);
  }
}
