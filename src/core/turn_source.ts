import type { ProcessSummary } from "../events/catalogue.ts";
import type { AnyThreadEvent } from "../protocol/events.ts";
import type { NormalizedInput } from "./input.ts";

/** Where the events of one turn come from. Each transport has one of its own. */
export interface TurnSource {
  /**
   * Whether it announces its events itself when they arrive. One that is not live has them announced
   * when they are read.
   */
  readonly isLive: boolean;
  /**
   * The next event that is at hand, without waiting; undefined when there is none.
   * @throws {CodexError} `invalid_event`.
   */
  poll(): AnyThreadEvent | undefined;
  /**
   * Waits until there may be more at hand; false when there will be none. With `isTold`, the events
   * have said how the turn ended, and more is waited for only a while.
   */
  fill(options: { isTold: boolean }): Promise<boolean>;
  /** Makes `fill()`, a pending one too, fail with this error. */
  interrupt(error: Error): void;
  /**
   * Waits for the orderly end of a turn whose events are all read. With `isTold`, they say how the
   * turn ended, and an end that had to be forced is no failure any more.
   * @throws {CodexError} `exec_failed` when it was none.
   */
  finish(options: { isTold: boolean }): Promise<void>;
  /**
   * Ends the turn with everything it started. Idempotent, and never rejects. With `gently`, what is
   * about to end by itself gets the time for it.
   */
  stop(options: { gently: boolean }): Promise<void>;
  /** How the turn's own process ended, once it has. */
  process(): ProcessSummary | undefined;
  /** Adds input to the turn that runs; only where the transport can. */
  steer?(input: NormalizedInput): Promise<void>;
  /** Asks for an orderly end of the turn; only where the transport can. */
  requestInterrupt?(): Promise<void>;
}
