import { diag } from "@opentelemetry/api";
import { CodexError } from "../errors.ts";
import type { Fetch, TlsConnection, TlsMaterial, TlsOptions, TlsPort } from "./ports.ts";
import { checkTls, loadMaterial } from "./tls_material.ts";

/** A `fetch` with certificates, which reads their files again when they have been replaced. */
export class TlsFetch {
  readonly #options: TlsOptions;
  readonly #load: (() => Promise<TlsPort>) | undefined;
  #port: Promise<TlsPort> | undefined;
  #connection: TlsConnection | undefined;
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
      this.#connection = connection;
      this.#versions = versions;
    } catch (error) {
      if (!this.#connection) throw error;
      diag.warn("OTLP: the replaced certificates cannot be used yet; those before stay in use.");
    }
    return this.#connection.fetch;
  }

  async #fileVersions(port: TlsPort): Promise<string> {
    const { certFile, keyFile, caFile } = this.#options;
    const versions = [certFile, keyFile, caFile].map((path) => path && port.fileVersion(path));
    return JSON.stringify(await Promise.all(versions));
  }
}
