/**
 * Options of the exporters.
 * @module
 */
import type { BackoffPolicy } from "./backoff.ts";
import type { Clock } from "./clock.ts";
import type { ExportObserver } from "./observer.ts";
import type { Fetch, OtlpPlatform, TlsOptions } from "./ports.ts";

/** How request bodies are compressed. */
export type Compression = "gzip" | "none";

/** HTTP headers by name. */
export type HeaderRecord = Record<string, string>;

/** Headers, or a function that gives them: asked at first use and again after a 401 or 403. */
export type HeaderOption = HeaderRecord | (() => HeaderRecord | Promise<HeaderRecord>);

/** Options of every exporter. The first six are those of OpenTelemetry JS. */
export interface OtlpExporterOptions {
  /** The signal's own URL, such as `http://localhost:4318/v1/traces`. Used as it is. */
  url?: string;
  /** Sent with each request, such as `authorization`; each wins over the environment's. */
  headers?: HeaderOption;
  /** For one request with its answer, in milliseconds. Default 10 000. */
  timeoutMillis?: number;
  /** Default `gzip`, which leaves bodies of up to 1 KiB alone. */
  compression?: Compression;
  /** Requests in flight at once. Default 8. */
  concurrencyLimit?: number;
  /** Put before this package's own `User-Agent`. */
  userAgent?: string;
  /** Stands in for the global `fetch`. Not together with `tls`. */
  fetch?: Fetch;
  /** Certificates for TLS and mTLS. */
  tls?: TlsOptions;
  /** Bound of what waits while the collector is away, in bytes as sent. Default 64 MiB, 16 MiB on the edge. */
  maxQueueBytes?: number;
  /** Largest request, in bytes before compression. Default 64 MiB. */
  maxRequestBytes?: number;
  /** How long `shutdown()` and `forceFlush()` wait, in milliseconds. Default 30 000, 20 000 on the edge. */
  shutdownTimeoutMillis?: number;
  /** Between two announcements of drops for one reason, in milliseconds. Default 10 000. */
  dropIntervalMillis?: number;
  /** Waits after failures in a row. Default: 1 s, growing by half up to 30 s. */
  backoff?: BackoffPolicy;
  /** Hears what becomes of the data. */
  observer?: ExportObserver;
  /** What the runtime provides; the exporters of this package's entry points bring it along. */
  platform?: OtlpPlatform;
  /** For tests that simulate time. */
  clock?: Clock;
}

/** What an exporter has done so far. Counts are spans, log records or data points. */
export interface ExporterStats {
  /** Accepted by the collector. */
  exported: number;
  /** Not yet delivered and not given up. */
  queued: number;
  /** Given up. */
  dropped: number;
  /** The newest failure; stays after recovery. */
  lastError?: ExporterError;
}

/** A failure in a form that can be shown. */
export interface ExporterError {
  /** A reason of {@linkcode ExportFailure} or of {@linkcode ExportDrop}. */
  reason: string;
  /** A sentence for people. */
  message: string;
  /** HTTP status, where the collector answered. */
  status?: number;
  /** Unix epoch, milliseconds. */
  time: number;
}
