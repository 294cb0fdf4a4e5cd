/**
 * What is done with what the server says of one turn.
 * @module
 */
import type { TransportContext, TurnRequest } from "../turn_request.ts";
import type { TurnDesk } from "./turn_source.ts";

/** Makes the desk of a turn. */
export function createTurnDesk(request: TurnRequest, context: TransportContext): TurnDesk {
  void request, context;
  throw new Error("not yet");
}
