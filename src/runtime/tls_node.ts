/**
 * TLS under Node: undici's `fetch` with undici's `Agent`. The built-in `fetch` takes no dispatcher
 * of another undici major.
 * @module
 */
import { Agent, fetch } from "undici";
import type { Fetch, TlsPort } from "../otlp/ports.ts";
import { checkMaterial, tlsFiles } from "./tls_shared.ts";

/** The adapter for Node. */
export const tlsPort: TlsPort = {
  ...tlsFiles,
  // Asynchronous, so that what is wrong with the material is a rejection.
  // deno-lint-ignore require-await
  async connect(material) {
    checkMaterial(material);
    const agent = new Agent({ connect: { ...material } });
    const secured = (url: string, init: object) => fetch(url, { ...init, dispatcher: agent });
    return {
      fetch: secured as unknown as Fetch,
      // Requests that are under way end first.
      close: () => void agent.close(),
    };
  },
};
