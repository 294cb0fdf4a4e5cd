/** Whether what telemetry says of itself keeps secrets. */
import assert from "node:assert/strict";
import { diag, DiagLogLevel } from "@opentelemetry/api";

/** Values that nothing but a request may hold. */
const SECRETS = ["hunter2-token", "tenant-42-secret", "p4ssw0rd", "query-s3cret"];

/** Finds them, also in Base64, and whatever is of a key or a certificate. */
export const PLANTED: RegExp = new RegExp(
  `${SECRETS.join("|")}|PRIVATE KEY|BEGIN CERT|${btoa("user:p4ssw0rd")}`,
);

/** Headers that hold some of them. */
export const PLANTED_HEADERS: Record<string, string> = {
  "x-token": "Bearer hunter2-token",
  "x-tenant": "tenant-42-secret",
};

/** All of them, as a collector may repeat them. */
export const ECHO: string = `${SECRETS.join(" ")} Bearer hunter2-token`;

/** Keeps what goes to OpenTelemetry's diagnostic log, at every level, until `end()`. */
export class Said {
  readonly #lines: unknown[] = [];

  constructor() {
    const say = (...args: unknown[]) => void this.#lines.push(...args);
    const logger = { error: say, warn: say, info: say, debug: say, verbose: say };
    diag.setLogger(logger, { logLevel: DiagLogLevel.ALL, suppressOverrideMessage: true });
  }

  /** How much was said. */
  get count(): number {
    return this.#lines.length;
  }

  end(): void {
    diag.disable();
  }

  /** Looks through what was said, and through what else there is to look through. */
  assertNothingOf(secret: RegExp, others: unknown[]): void {
    const text = [...this.#lines, ...others.flat()].map(show).join("\n");
    assert.doesNotMatch(text, secret);
  }
}

function show(value: unknown): string {
  if (!(value instanceof Error)) return JSON.stringify(value) ?? String(value);
  return `${value.stack} ${JSON.stringify(value)} ${value.cause ? show(value.cause) : ""}`;
}
