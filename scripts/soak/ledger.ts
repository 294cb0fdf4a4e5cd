/** What a soak counts, and what it finds wrong. */
import { isCodexError, type TelemetryEvent, type TelemetryEventName } from "../../mod.ts";

/** What has to have an end, and what ends it. */
const PAIRS: Partial<Record<TelemetryEventName, TelemetryEventName[]>> = {
  "codex.thread.start": ["codex.thread.stop", "codex.thread.exception"],
  "codex.tool.start": ["codex.tool.success", "codex.tool.failure"],
  "codex.process.start": ["codex.process.stop"],
};

/** Keeps numbers only, so that it takes no memory of its own. */
export interface Ledger {
  findings: string[];
  counts: Record<string, number>;
  count(what: string): void;
  find(what: string): void;
  /** An error of a turn; one that is no `CodexError` is a finding. */
  fail(error: unknown): void;
  observe(event: TelemetryEvent): void;
  /** Each start must have had one end. */
  checkEnds(): void;
}

/** Creates an empty ledger. */
export function createLedger(): Ledger {
  const findings: string[] = [];
  const counts: Record<string, number> = {};
  const events: Record<string, number> = {};
  const ledger: Ledger = {
    findings,
    counts,
    count: (what) => void (counts[what] = (counts[what] ?? 0) + 1),
    find: (what) => void findings.push(what),
    fail(error) {
      if (isCodexError(error)) ledger.count(`turns that failed: ${error.code}`);
      else ledger.find(`an error of a turn is no CodexError: ${error}`);
    },
    observe({ name }) {
      events[name] = (events[name] ?? 0) + 1;
      if (name === "codex.telemetry.handler.failure") ledger.find("a handler failed");
    },
    checkEnds() {
      for (const [start, ends] of Object.entries(PAIRS)) {
        const ended = ends.reduce((sum, end) => sum + (events[end] ?? 0), 0);
        counts[start] = events[start] ?? 0;
        if (ended !== counts[start]) {
          ledger.find(`${counts[start]} times ${start}, but ${ended} ends of it`);
        }
      }
    },
  };
  return ledger;
}
