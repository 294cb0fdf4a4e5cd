/**
 * How an exporter tells the outside what became of its data. Nothing here holds a header, a key
 * or a certificate.
 * @module
 */
import { diag } from "@opentelemetry/api";
import type { Signal } from "./signal.ts";

/** Why an attempt to deliver failed. The `tls_*` reasons are codes of `CodexError`. */
export type FailureReason =
  | "timeout"
  | "connection"
  | "http_status"
  | "redirect"
  | "headers"
  | "tls_incomplete"
  | "tls_file_unreadable"
  | "tls_invalid_pem"
  | "tls_key_encrypted"
  | "tls_key_mismatch"
  | "tls_server_untrusted"
  | "tls_client_rejected"
  | "unsupported";

/** Why data was given up. */
export type DropReason =
  | "queue_full"
  | "too_large"
  | "encoding"
  | "rejected"
  | "partial_success"
  | "shutdown"
  | "after_shutdown";

/** An attempt that failed. What it carried may still be delivered by a later one. */
export interface ExportFailure {
  /** What the request carried. */
  signal: Signal;
  /** Spans, log records or data points in the request. */
  count: number;
  /** Why it failed. */
  reason: FailureReason;
  /** HTTP status, where the collector answered. */
  status?: number;
  /** A sentence for people. */
  message: string;
}

/** Data that was given up. */
export interface ExportDrop {
  /** What was given up. */
  signal: Signal;
  /** Spans, log records or data points. */
  count: number;
  /** Why it was given up. */
  reason: DropReason;
}

/** Data that the collector has accepted. */
export interface ExportSuccess {
  /** What was accepted. */
  signal: Signal;
  /** Spans, log records or data points. */
  count: number;
}

/** Hears what becomes of an exporter's data. A callback that throws is reported and ignored. */
export interface ExportObserver {
  /** After each attempt that failed. */
  failure?(failure: ExportFailure): void;
  /** At the first drop, then at most once per interval and reason, with the count since. */
  dropped?(drop: ExportDrop): void;
  /** After each request that the collector accepted. */
  exported?(success: ExportSuccess): void;
}

/** Calls into foreign code, and keeps what it throws away from the pipeline. */
export function notify(call: () => void): void {
  try {
    call();
  } catch (error) {
    tell(() => diag.error("OTLP: a callback threw", error));
  }
}

/** Warns through OpenTelemetry's diagnostic logger. */
export function warn(message: string): void {
  tell(() => diag.warn(message));
}

/** The logger is foreign code as well, and there is nobody left to tell. */
function tell(say: () => void): void {
  try {
    say();
  } catch { /* Spans matter more than what is said of them. */ }
}
