/**
 * What the app-server says of a failure.
 * @module
 */
import { type Fields, isFields, numberField, stringField } from "../fields.ts";
import { itemKind } from "../kinds.ts";

/** A failure, in the words of exec. */
export interface TurnErrorSummary {
  /** The server's message, and in parentheses what it adds to it, as exec prints them. */
  message: string;
  /** The server's own name for the failure, such as `usage_limit_exceeded`. */
  code?: string;
  /** The status that the model's server answered with, where there was one. */
  http_status?: number;
}

/** Reads a `TurnError`; undefined when it is none. */
export function readTurnError(error: unknown): TurnErrorSummary | undefined {
  if (!isFields(error)) return undefined;
  const message = stringField(error, "message") ?? "The turn failed.";
  return { message: withDetails(message, error["additionalDetails"]), ...readInfo(error) };
}

/** A sentence and, in parentheses, what there is to say beyond it. */
export function withDetails(message: string, details: unknown): string {
  return typeof details === "string" && details !== "" ? `${message} (${details})` : message;
}

function readInfo(error: Fields): { code?: string; http_status?: number } {
  const info = error["codexErrorInfo"];
  if (typeof info === "string") return { code: itemKind(info) };
  if (!isFields(info)) return {};
  const [name] = Object.keys(info);
  if (name === undefined) return {};
  const inner = info[name];
  const status = isFields(inner) ? numberField(inner, "httpStatusCode") : undefined;
  return { code: itemKind(name), ...(status === undefined ? {} : { http_status: status }) };
}
