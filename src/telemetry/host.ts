import type { TlsPort } from "../otlp/ports.ts";

/** What telemetry needs of the platform it runs on. */
export interface TelemetryHost {
  /** A copy of the process environment; empty where there is none. */
  env(): Promise<Readonly<Record<string, string | undefined>>>;
  /** Loads what TLS with certificates needs; left out where the platform cannot do it. */
  tls?: () => Promise<TlsPort>;
}
