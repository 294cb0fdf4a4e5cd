/**
 * What the exporters need of the platform they run on. The adapters are in `runtime/`; without
 * one, an exporter works with the global `fetch` and says that it cannot do mTLS.
 * @module
 */

/** What an exporter asks of a `fetch`. */
export interface FetchInit {
  /** Always `POST`. */
  method: string;
  /** Names in lower case. */
  headers: Record<string, string>;
  /** The whole body. */
  body: Uint8Array<ArrayBuffer>;
  /** The exporter decides about redirects. */
  redirect: "manual";
  /** Ends the request. */
  signal: AbortSignal;
}

/** The part of a `Response` that an exporter reads. */
export interface FetchResponse {
  /** HTTP status. */
  readonly status: number;
  /** Headers of the answer. */
  readonly headers: { get(name: string): string | null };
  /** The body as it comes. */
  readonly body: ReadableStream<Uint8Array> | null;
  /** The whole body; asked for only where the answer says that it is short. */
  text(): Promise<string>;
}

/** The global `fetch`, or anything that does as much of it as an exporter needs. */
export type Fetch = (url: string, init: FetchInit) => Promise<FetchResponse>;

/** PEM texts for TLS. A `cert` needs its `key`; without `ca` the platform's root store is used. */
export interface TlsMaterial {
  /** The client's certificate, with any intermediates after it. */
  cert?: string;
  /** The private key of `cert`. */
  key?: string;
  /** The authorities that may have signed the collector's certificate. */
  ca?: string;
}

/** PEM files for TLS. They are read again when they have been replaced. */
export interface TlsFiles {
  /** Path of the client's certificate. */
  certFile?: string;
  /** Path of the private key. */
  keyFile?: string;
  /** Path of the certificates of the authorities. */
  caFile?: string;
}

/** TLS settings: each part as text or as a file. */
export type TlsOptions = TlsMaterial & TlsFiles;

/** A `fetch` with sockets of its own. */
export interface Connection {
  /** Sends by connections that use the certificates. */
  fetch: Fetch;
  /** Lets go of idle sockets. Idempotent. */
  close(): void;
}

/** What a platform does for TLS. */
export interface TlsPort {
  /** Reads a text file. Rejects with the platform's own error. */
  readTextFile(path: string): Promise<string>;
  /** A value that changes whenever the file is replaced; `undefined` when there is none. */
  fileVersion(path: string): Promise<string | undefined>;
  /**
   * Binds a `fetch` to certificates.
   * @throws {CodexError} `tls_invalid_pem`, `tls_key_mismatch`.
   */
  connect(material: TlsMaterial): Promise<Connection>;
}

/** Compresses bytes. */
export type Gzip = (bytes: Uint8Array<ArrayBuffer>) => Promise<Uint8Array<ArrayBuffer>>;

/** What the platform gives to an exporter. */
export interface OtlpPlatform {
  /** Environment variables. */
  env?: () => Readonly<Record<string, string | undefined>>;
  /**
   * Opens a `fetch` that costs less than the global one, which is used where this gives nothing;
   * asked once, when the first request of an exporter is due.
   */
  http?: () => Promise<Connection | undefined>;
  /** A gzip that costs less than `CompressionStream`, which is used where there is none. */
  gzip?: Gzip;
  /** Loads the TLS adapter; asked once, when the first request of an exporter with `tls` is due. */
  tls?: () => Promise<TlsPort>;
}
