import { CodexError } from "../errors.ts";
import { warn } from "./observer.ts";
import type { Connection, Fetch, TlsMaterial, TlsOptions, TlsPort } from "./ports.ts";
import { peerClosed, tlsFailure } from "./tls_failure.ts";
import { checkTls, loadMaterial } from "./tls_material.ts";

/** A `fetch` with certificates, which reads their files again when they have been replaced. */
export class TlsFetch {
  readonly #options: TlsOptions;
  readonly #load: (() => Promise<TlsPort>) | undefined;
  #port: Promise<TlsPort> | undefined;
  #connection: Connection | undefined;
  #versions: string | undefined;
  #connecting: Promise<Fetch> | undefined;

  constructor(options: TlsOptions, load: (() => Promise<TlsPort>) | undefined) {
    this.#options = options;
    this.#load = load;
  }

  /**
   * Gives the `fetch` for the next request.
   * @throws {CodexError} `unsupported` or a `tls_*` code, while there are no usable certificates.
   */
  connect(): Promise<Fetch> {
    return this.#connecting ??= this.#connect().finally(() => this.#connecting = undefined);
  }

  /** Lets go of idle sockets. */
  close(): void {
    this.#connection?.close();
    this.#connection = undefined;
    this.#versions = undefined;
  }

  async #connect(): Promise<Fetch> {
    if (!this.#load) {
      throw new CodexError("unsupported", "This platform cannot send client certificates.", {
        details: { feature: "mTLS" },
      });
    }
    checkTls(this.#options);
    const port = await (this.#port ??= this.#load());
    const versions = await this.#fileVersions(port);
    if (this.#connection && versions === this.#versions) return this.#connection.fetch;
    return await this.#replace(port, versions);
  }

  /** New files that do not fit (yet) leave the connection there is as it is. */
  async #replace(port: TlsPort, versions: string): Promise<Fetch> {
    try {
      const material: TlsMaterial = await loadMaterial(this.#options, port);
      const connection = await port.connect(material);
      this.#connection?.close();
      this.#connection = { ...connection, fetch: this.#suspicious(connection.fetch) };
      this.#versions = versions;
    } catch (error) {
      if (!this.#connection) throw error;
      warn("OTLP: the replaced certificates cannot be used yet; those before stay in use.");
    }
    return this.#connection.fetch;
  }

  /**
   * Many servers refuse a client certificate by closing the connection. Until the first answer,
   * that is what a close is taken for.
   */
  #suspicious(fetch: Fetch): Fetch {
    if (!this.#options.cert && !this.#options.certFile) return fetch;
    let answered = false;
    return async (url, init) => {
      try {
        const response = await fetch(url, init);
        answered = true;
        return response;
      } catch (cause) {
        if (answered || tlsFailure(cause) || !peerClosed(cause)) throw cause;
        const reason = "closed without an answer";
        const message = "The collector closed the connection without an answer, " +
          "as it does when it does not accept the client certificate.";
        throw new CodexError("tls_client_rejected", message, { details: { reason }, cause });
      }
    };
  }

  async #fileVersions(port: TlsPort): Promise<string> {
    const { certFile, keyFile, caFile } = this.#options;
    const versions = [certFile, keyFile, caFile].map((path) => path && port.fileVersion(path));
    return JSON.stringify(await Promise.all(versions));
  }
}
