/**
 * What the CLI warns of, and goes on.
 * @module
 */
import { asFields, type Fields, numberField, stringField } from "./fields.ts";

/**
 * What a warning is about: `retry`, a request to the model that is made once more; `error`, one that
 * exec tells of without saying what follows; `model`, another model than was asked for answers;
 * `config` and `deprecation`, how the CLI is set up; `warning`, all else.
 */
export type WarningKind = "warning" | "retry" | "error" | "model" | "config" | "deprecation";

/** A warning. */
export interface Warning {
  /** What it is about. */
  kind: WarningKind;
  /** The CLI's own words. */
  message: string;
  /** The CLI's name for the failure behind a retry, such as `response_stream_disconnected`. */
  code?: string;
  /** The status that the model's server answered with, where there was one. */
  http_status?: number;
}

/** How exec (CLI 0.169) begins what the app-server marks with `willRetry`. */
const RETRYING = /^Reconnecting\b/;

/** Reads an event, whose type is given in the one spelling; undefined when it warns of nothing. */
export function warningOf(type: string, event: Fields): Warning | undefined {
  switch (type) {
    case "error":
      return ofError(event);
    case "item.completed":
      return ofItem(asFields(event["item"]));
    case "warning":
      return ofText("warning", stringField(event, "message"));
    case "config_warning":
      return ofText("config", withDetails(event));
    case "deprecation_notice":
      return ofText("deprecation", withDetails(event));
    default:
      return undefined;
  }
}

/** One that ends the turn is told by the turn's end. */
function ofError(event: Fields): Warning | undefined {
  const message = stringField(event, "message");
  const willRetry = event["will_retry"];
  if (message === undefined || willRetry === false) return undefined;
  const code = stringField(event, "code");
  const httpStatus = numberField(event, "http_status");
  return {
    kind: willRetry === true || RETRYING.test(message) ? "retry" : "error",
    message,
    ...(code === undefined ? {} : { code }),
    ...(httpStatus === undefined ? {} : { http_status: httpStatus }),
  };
}

/** Exec makes an item of the type `error` of what it only wants to be known. */
function ofItem(item: Fields): Warning | undefined {
  if (item["type"] !== "error") return undefined;
  const isReroute = stringField(item, "to_model") !== undefined;
  return ofText(isReroute ? "model" : "warning", stringField(item, "message"));
}

function ofText(kind: WarningKind, message: string | undefined): Warning | undefined {
  return message === undefined ? undefined : { kind, message };
}

function withDetails(event: Fields): string | undefined {
  const { summary, details } = event;
  const said = [summary, details].filter((part) => typeof part === "string" && part !== "");
  return said.length === 0 ? undefined : said.join(" ");
}
