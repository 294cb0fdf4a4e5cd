/** What the runtime gives to one request. */
export interface Scene {
  /** The Worker's bindings. */
  env: Record<string, unknown>;
  /** Keeps the request alive after its answer. */
  waitUntil(promise: Promise<unknown>): void;
}
