/**
 * What the running runtime gives to the exporters. Loads nothing by itself.
 * @module
 */
import type { Connection, Gzip, OtlpPlatform, TlsPort } from "../otlp/ports.ts";
import { CodexError } from "../errors.ts";

interface World {
  Deno?: unknown;
  Bun?: unknown;
  process?: { env?: Record<string, string | undefined>; versions?: { node?: string } };
}

/** The environment, and the TLS adapter of the running runtime, loaded on first use. */
export const otlpPlatform: OtlpPlatform = {
  env: otlpEnvironment,
  http: openHttp,
  ...((globalThis as World).process?.versions?.node ? { gzip: zlibGzip } : {}),
  tls: loadTlsPort,
};

const TLS_NAMES = ["CERTIFICATE", "CLIENT_CERTIFICATE", "CLIENT_KEY"];
const NAMES = ["ENDPOINT", "HEADERS", "TIMEOUT", "COMPRESSION", "PROTOCOL", ...TLS_NAMES];
const PREFIXES = ["", "TRACES_", "METRICS_", "LOGS_"];
const TEMPORALITY = "OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE";

/** Only what the exporters read, one by one: Deno asks for permission by variable. */
function otlpEnvironment(): Record<string, string | undefined> {
  const names = PREFIXES.flatMap((prefix) =>
    NAMES.map((name) => `OTEL_EXPORTER_OTLP_${prefix}${name}`)
  );
  return Object.fromEntries([...names, TEMPORALITY].map((name) => [name, variable(name)]));
}

function variable(name: string): string | undefined {
  try {
    return (globalThis as World).process?.env?.[name];
  } catch {
    return undefined; // Deno without permission for it.
  }
}

/** Only Node's own `fetch` is worth replacing. */
async function openHttp(): Promise<Connection | undefined> {
  if (!isNode()) return undefined;
  return (await import("./node_http.ts")).openNodeHttp();
}

let loadedGzip: Promise<{ gzip: Gzip }> | undefined;

async function zlibGzip(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  return await (await (loadedGzip ??= import("./zlib_gzip.ts"))).gzip(bytes);
}

/** The other two look like Node as well. */
function isNode(): boolean {
  const { Bun, Deno, process } = globalThis as World;
  return !Bun && !Deno && process?.versions?.node !== undefined;
}

async function loadTlsPort(): Promise<TlsPort> {
  const world = globalThis as World;
  if (world.Deno) return (await import("./tls_deno.ts")).tlsPort;
  if (world.Bun) return (await import("./tls_bun.ts")).tlsPort;
  if (world.process?.versions?.node) return (await import("./tls_node.ts")).tlsPort;
  throw new CodexError("unsupported", "This platform cannot send client certificates.", {
    details: { feature: "mTLS" },
  });
}
