/**
 * What a collector answers.
 * @module
 */
import type { FetchResponse } from "./ports.ts";
import type { Signal } from "./signal.ts";

/** OTLP specification, "OTLP/HTTP Response": a client should bound what it reads. */
export const MAX_RESPONSE_BYTES: number = 4 * 1024 * 1024;

const REJECTED_FIELDS: Record<Signal, string> = {
  traces: "rejectedSpans",
  metrics: "rejectedDataPoints",
  logs: "rejectedLogRecords",
};

/** The collector's own word on an accepted request. */
export interface PartialSuccess {
  rejected: number;
  message?: string;
}

/**
 * Reads at most `limit` bytes of a body as text and lets go of the rest. `undefined` when there
 * is more than that, or when the body breaks off.
 */
export async function readBounded(
  response: FetchResponse,
  limit: number = MAX_RESPONSE_BYTES,
): Promise<string | undefined> {
  if (isShort(response.headers, limit)) return await response.text().catch(() => undefined);
  const { body } = response;
  if (!body) return "";
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let text = "";
  let bytes = 0;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return text + decoder.decode();
      bytes += value.byteLength;
      if (bytes > limit) return undefined;
      text += decoder.decode(value, { stream: true });
    }
  } catch {
    return undefined;
  } finally {
    reader.cancel().catch(() => {});
  }
}

/** Whether the whole body is known to be within the limit; a compressed one may grow. */
function isShort(headers: FetchResponse["headers"], limit: number): boolean {
  const length = headers.get("content-length");
  return length !== null && Number(length) <= limit && headers.get("content-encoding") === null;
}

/**
 * Reads the answer to an accepted request. Anything that is no partial success, even what is no
 * JSON, means that all was taken: the status has said so.
 */
export function parsePartialSuccess(
  text: string | undefined,
  options: { signal: Signal; count: number },
): PartialSuccess {
  const partial = field(parseJson(text), "partialSuccess");
  const rejected = Number(field(partial, REJECTED_FIELDS[options.signal]) ?? 0);
  const message = field(partial, "errorMessage");
  return {
    rejected: rejected > 0 ? Math.min(Math.trunc(rejected), options.count) : 0,
    ...(typeof message === "string" && message !== "" ? { message } : {}),
  };
}

/** The message of a `google.rpc.Status`, or a short text as it is. */
export function errorMessage(text: string | undefined): string {
  const message = field(parseJson(text), "message");
  if (typeof message === "string") return message;
  return text !== undefined && text.length <= 1000 ? text : "";
}

function parseJson(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? "null");
  } catch {
    return undefined;
  }
}

function field(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null && Object.hasOwn(value, name)
    ? (value as Record<string, unknown>)[name]
    : undefined;
}
