/**
 * How a turn ended.
 * @module
 */
import { type Fields, stringField } from "../fields.ts";
import { snakeFields } from "./names.ts";
import type { TokenTotal } from "./token_total.ts";
import { readTurnError, type TurnErrorSummary } from "./turn_error.ts";

/** The last event of a turn, without its ids. */
export interface TurnEnd {
  type: "turn.completed" | "turn.failed";
  fields: Record<string, unknown>;
}

/** What the end of a turn is told from, beside the turn itself. */
export interface TurnEndContext {
  tokens: TokenTotal;
  /** The last error that was told while the turn ran. */
  lastError?: TurnErrorSummary | undefined;
}

/** Reads the `turn` of a `turn/completed`. */
export function readTurnEnd(turn: Fields, { tokens, lastError }: TurnEndContext): TurnEnd {
  const turnStatus = stringField(turn, "status");
  const { durationMs, startedAt, completedAt } = turn;
  const fields = {
    usage: tokens.usage(),
    ...snakeFields({
      turnUsage: tokens.turnUsage(),
      turnStatus,
      durationMs,
      startedAt,
      completedAt,
    }),
  };
  if (turnStatus === "failed") {
    // The words of exec for a failure that nobody has told the reason of.
    const error = readTurnError(turn["error"]) ?? lastError ?? { message: "turn failed" };
    return { type: "turn.failed", fields: { ...fields, error } };
  }
  // Exec prints nothing for a turn that was interrupted, and a stream needs an end.
  const early = turnStatus === "interrupted" ? { status: "early_exit" } : {};
  return { type: "turn.completed", fields: { ...fields, ...early } };
}
