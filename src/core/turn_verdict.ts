import { CodexError } from "../errors.ts";
import type { AnyThreadEvent } from "../protocol/events.ts";
import { asFields, type Fields, stringField } from "../protocol/fields.ts";
import type { RunOutcome } from "./turn_telemetry.ts";

/** Why a stream ends: its events were all read, its consumer left, or something failed. */
export type EndReason =
  | { cause: "finished" }
  | { cause: "left" }
  | { cause: "failed"; error: Error };

/** What the agent itself said of how its turn ended. */
export class TurnVerdict {
  #outcome: RunOutcome | undefined;

  /** Whether the agent has said it. */
  get isKnown(): boolean {
    return this.#outcome !== undefined;
  }

  /** Takes one event of the turn; `kind` is its type in the one spelling. */
  observe(kind: string, event: AnyThreadEvent): void {
    if (kind === "turn.completed") this.#outcome = completed(event as unknown as Fields);
    else if (kind === "turn.failed") this.#outcome = failed(event as unknown as Fields);
  }

  /** The error of a turn that the agent says failed. */
  failure(): CodexError<"turn_failed"> | undefined {
    const error = this.#outcome?.error;
    return error && turnFailed(error.message);
  }

  /**
   * How the run ended. A turn that failed makes the CLI exit with an error, too; the agent's own
   * words say more than that exit.
   */
  outcome(reason: EndReason): RunOutcome | Error {
    if (this.#outcome?.result === "error") return this.#outcome;
    if (reason.cause === "failed") return reason.error;
    if (this.#outcome) return this.#outcome;
    return { result: reason.cause === "left" ? "early_exit" : "ok" };
  }
}

function completed(event: Fields): RunOutcome {
  const status = stringField(event, "status");
  if (status === "early_exit") return { result: "early_exit" };
  return status === "failed" ? failed(event) : { result: "ok" };
}

function failed(event: Fields): RunOutcome {
  const message = stringField(asFields(event["error"]), "message") ?? "The turn failed.";
  return { result: "error", error: { code: "turn_failed", message } };
}

/** The error of a turn that the agent says failed, with its own words. */
export function turnFailed(message: string): CodexError<"turn_failed"> {
  return new CodexError("turn_failed", message, { details: { message } });
}
