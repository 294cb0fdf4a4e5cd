import type { TransportName } from "../events/catalogue.ts";
import type { ThreadOptions, TurnOptions } from "./options.ts";
import type { TurnSource } from "./turn_source.ts";
import type { TurnTelemetry } from "./turn_telemetry.ts";
import type { UsageLedger } from "./usage_ledger.ts";

/** One turn to be run. */
export interface TurnRequest {
  prompt: string;
  images: readonly string[];
  /** The thread to go on with; null for a new one. */
  threadId: string | null;
  thread: ThreadOptions;
  turn: TurnOptions;
  ledger: UsageLedger;
  telemetry: TurnTelemetry;
  /** Aborted when the turn ends, in whatever way; what is still being opened then is given up. */
  signal: AbortSignal;
  /** Has something done when the turn is over, however it ends. */
  defer: (cleanUp: () => Promise<void>) => void;
}

/** A way to reach the agent. */
export interface Transport {
  readonly name: TransportName;
  /** Starts a turn. Rejects with a `CodexError` when it cannot be started. */
  open(request: TurnRequest): Promise<TurnSource>;
}
