/**
 * What the app-server wants to be known, in the words of exec.
 * @module
 */
import { type Fields, stringField } from "../fields.ts";
import { snakeFields } from "./names.ts";

/** Something worth knowing that ends no turn. */
export interface Note {
  /** What exec says of it. */
  message: string;
  /** What there is beyond the message. */
  [field: string]: unknown;
}

/**
 * Reads a `warning` or a `model/rerouted`. One that is for no thread in particular is none: it
 * belongs to no turn's items.
 */
export function readNote(method: string, params: Fields): Note | undefined {
  if (stringField(params, "threadId") === undefined) return undefined;
  if (method === "model/rerouted") return readReroute(params);
  const message = stringField(params, "message");
  return message === undefined ? undefined : { message };
}

function readReroute(params: Fields): Note {
  const { fromModel, toModel, reason } = params;
  const why = typeof reason === "string" ? ` (${capitalized(reason)})` : "";
  const message = `model rerouted: ${fromModel} -> ${toModel}${why}`;
  return { message, ...snakeFields({ fromModel, toModel, reason }) };
}

/** Exec prints the reason as Rust names it. */
function capitalized(name: string): string {
  return name.slice(0, 1).toUpperCase() + name.slice(1);
}
