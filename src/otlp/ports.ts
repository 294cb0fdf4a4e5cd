/**
 * What the exporters need of the platform they run on. The adapters are in `runtime/`; without
 * one, an exporter works with the global `fetch` and says that it cannot do mTLS.
 * @module
 */

/** A function with the shape of the global `fetch`. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

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

/** What the platform gives to an exporter. */
export interface OtlpPlatform {
  /** Environment variables. */
  env?: () => Readonly<Record<string, string | undefined>>;
  /**
   * Opens a `fetch` that costs less than the global one, which is used where this gives nothing;
   * asked once, when the first request of an exporter is due.
   */
  http?: () => Promise<Connection | undefined>;
  /** Loads the TLS adapter; asked once, when the first request of an exporter with `tls` is due. */
  tls?: () => Promise<TlsPort>;
}
