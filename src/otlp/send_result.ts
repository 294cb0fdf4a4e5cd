/**
 * What became of one request.
 * @module
 */
import type { FailureReason } from "./observer.ts";

/** The collector took the request; of its items it refused `rejected`. */
export interface Accepted {
  kind: "accepted";
  rejected: number;
  /** What the collector said, scrubbed. */
  message?: string;
}

/** The same request may succeed later. */
export interface Retryable {
  kind: "retry";
  reason: FailureReason;
  message: string;
  status?: number;
  /** How long the collector asked to be left alone, in milliseconds. */
  retryAfterMs?: number;
}

/** The same request would fail again. */
export interface Refused {
  kind: "refused";
  reason: FailureReason;
  message: string;
  status?: number;
}

/** What became of one request. */
export type SendResult = Accepted | Retryable | Refused;

/** A request body, ready to go. */
export interface Payload {
  bytes: Uint8Array<ArrayBuffer>;
  gzip: boolean;
}
