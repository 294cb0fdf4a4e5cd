/**
 * TLS under Deno: its own HTTP client.
 * @module
 */
import type { Fetch, TlsPort } from "../otlp/ports.ts";
import { certificates, checkMaterial, tlsFiles } from "./tls_shared.ts";

/** The part of Deno that is used here, so that no consumer needs its types. */
interface DenoApi {
  createHttpClient(options: { cert?: string; key?: string; caCerts?: string[] }): HttpClient;
}

interface HttpClient {
  close(): void;
}

/** The adapter for Deno. */
export const tlsPort: TlsPort = {
  ...tlsFiles,
  // Asynchronous, so that what is wrong with the material is a rejection.
  // deno-lint-ignore require-await
  async connect(material) {
    checkMaterial(material);
    const { Deno } = globalThis as unknown as { Deno: DenoApi };
    const { cert, key, ca } = material;
    const client = Deno.createHttpClient({
      ...(cert !== undefined && key !== undefined ? { cert, key } : {}),
      ...(ca !== undefined ? { caCerts: certificates(ca) } : {}),
    });
    const secured: Fetch = (url, init) => globalThis.fetch(url, { ...init, client } as RequestInit);
    let open = true;
    return {
      fetch: secured,
      close() {
        if (open) client.close();
        open = false;
      },
    };
  },
};
