import type { TransportName } from "../events/catalogue.ts";
import type { Clock } from "../events/clock.ts";
import type { TelemetrySink } from "../events/sink.ts";
import type { CodexOptions, ThreadOptions, TurnOptions } from "./options.ts";
import type { ToolStatistics } from "./tools/tool_metrics.ts";
import type { TurnSource } from "./turn_source.ts";
import type { TurnTelemetry } from "./turn_telemetry.ts";
import type { UsageLedger } from "./usage_ledger.ts";

/** What a request is for: an answer of the agent, or a shorter history. */
export type TurnKind = "turn" | "compaction";

/** One turn to be run. */
export interface TurnRequest {
  kind: TurnKind;
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

/** Where a remote server is. */
export interface ServerAddress {
  host: string;
  port: number;
}

/** A way to reach the agent. */
export interface Transport {
  readonly name: TransportName;
  /** Where turns are sent to, when that is another machine. */
  readonly server?: ServerAddress | undefined;
  /** Starts a turn. Rejects with a `CodexError` when it cannot be started. */
  open(request: TurnRequest): Promise<TurnSource>;
  /** Ends what turns share, once they have ended. Never rejects. */
  close(): Promise<void>;
}

/** What every transport is given. */
export interface TransportContext {
  sink: TelemetrySink;
  clock: Clock;
  /** Counts the calls of tools. */
  statistics: ToolStatistics;
}

/** Makes the transport that the options ask for; throws a `TypeError` when they make no sense. */
export type TransportFactory = (options: CodexOptions, context: TransportContext) => Transport;
