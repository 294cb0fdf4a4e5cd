import type { ExporterError } from "../otlp/options.ts";

/** The end of a pipeline, for one signal. */
export interface Outlet {
  /** As it may be shown; absent where there is no collector. */
  endpoint?: string;
  /** Whether a client certificate is used. */
  mtls: boolean;
  lastError(): ExporterError | undefined;
  /** Keeps what comes back until `release()`, where it would go out at once. */
  hold?(): void;
  release?(): void;
  flush(): Promise<void>;
  shutdown(): Promise<void>;
}
