/**
 * TLS under Bun, whose `fetch` takes certificates itself; its `undici` ignores them.
 * @module
 */
import type { Fetch, TlsPort } from "../otlp/ports.ts";
import { checkMaterial, tlsFiles } from "./tls_shared.ts";

/** The adapter for Bun. */
export const tlsPort: TlsPort = {
  ...tlsFiles,
  // Asynchronous, so that what is wrong with the material is a rejection.
  // deno-lint-ignore require-await
  async connect(material) {
    checkMaterial(material);
    const tls = { ...material };
    const secured: Fetch = (url, init) => globalThis.fetch(url, { ...init, tls } as RequestInit);
    return { fetch: secured, close: () => {} };
  },
};
