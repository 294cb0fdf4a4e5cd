/**
 * The one error class of this package and its closed set of codes.
 * @module
 */

/** What `CodexError.details` holds, by code. */
export interface CodexErrorDetails {
  /** No Codex CLI was found. `tried` lists every place that was looked at, in order. */
  cli_not_found: { tried: string[] };
  /** The CLI ended with a status other than 0. `stderr` is the last 8 KiB it wrote there. */
  exec_failed: { exitCode: number | null; signal: string | null; stderr: string };
  /** The operating system could not start a program (not executable, no memory, bad directory, …). */
  spawn_failed: { command: string; reason: string };
  /** A line of the CLI's output is no JSON object. `text` is at most its first 200 characters. */
  invalid_event: { line: number; text: string };
  /** A line of the CLI's output is longer than any real one. */
  line_too_long: { line: number; maxBytes: number };
  /** The agent reported that the turn failed. */
  turn_failed: { message: string };
  /** The run's `signal` was aborted; `cause` is its reason. */
  aborted: Record<never, never>;
  /** The run took longer than `timeoutMs`, or was silent for longer than `idleTimeoutMs`. */
  timeout: { kind: "total" | "idle"; timeoutMs: number };
  /** `outputSchema` is no plain JSON object. */
  invalid_output_schema: { type: string };
  /** A `config` override cannot be written as a TOML value. `path` is its dotted key. */
  invalid_config: { path: string };
  /** The connection to the app-server ended; whatever waited for it fails. */
  connection_lost: {
    /** Exit code of a child, or close code of a WebSocket. */
    exitCode?: number | null;
    signal?: string | null;
    closeCode?: number;
    stderr?: string;
  };
  /** No connection could be made to the remote app-server. `url` holds no credential. */
  connection_refused: { url: string; reason: string };
  /** The remote app-server does not accept the token. */
  unauthorized: { url: string; status: number };
  /** What answers there is no app-server. */
  not_app_server: { url: string; reason: string };
  /** The app-server sent what is no message of its protocol. */
  protocol_error: { text: string };
  /** The app-server refused a request. */
  rpc_error: { method: string; rpcCode: number };
  /** No turn of this thread is running. */
  no_turn: Record<never, never>;
  /** A turn of this thread runs already; the app-server runs one at a time. */
  thread_busy: { threadId: string };
  /** No running process of this SDK has that pid. */
  process_unknown: { pid: number };
  /** This `Codex` was closed before the call. */
  closed: Record<never, never>;
  /** There is no file to attach at that path. */
  attachment_missing: { path: string };
  /** The file to attach cannot be read. `reason` is the system's code, such as `EACCES`. */
  attachment_unreadable: { path: string; reason: string };
  /** What was to be attached is no regular file. */
  attachment_not_file: { path: string; kind: string };
  /** No file can be staged under that name. `rule` says what it breaks. */
  attachment_name: { name: string; rule: string };
  /** The staging folder cannot be used; `CODEX_STAGING_DIR` names another one. */
  staging_folder: { path: string; reason: string };
  /** The disk of the staging folder is full, or a quota is used up. */
  staging_full: { path: string };
  /** The staging folder failed. `reason` is the system's code, or `busy`. */
  staging_failed: { path: string; reason: string };
  /** `attach` was given an id that is taken. */
  handler_exists: { id: string };
  /** A telemetry setting cannot be used. `setting` names the option or variable, never its value. */
  telemetry_config: { setting: string };
  /** mTLS: a certificate was given without its key, or the reverse. */
  tls_incomplete: { missing: "cert" | "key" };
  /** mTLS: a PEM file could not be read. */
  tls_file_unreadable: { setting: string; reason: string };
  /** mTLS: a file holds no usable PEM block of the expected kind. */
  tls_invalid_pem: { setting: string };
  /** mTLS: the key is protected by a passphrase, which no setting gives. */
  tls_key_encrypted: { setting: string };
  /** mTLS: the key does not belong to the certificate. */
  tls_key_mismatch: Record<never, never>;
  /** mTLS: the collector's certificate is not trusted, expired, or for another name. */
  tls_server_untrusted: { reason: string };
  /** mTLS: the collector refused our certificate. */
  tls_client_rejected: { reason: string };
  /** Telemetry was given up. `reason` is a drop reason of the exporters, such as `rejected`. */
  export_failed: { signal: string; reason: string };
  /** The time was up before all telemetry was delivered; `left` items were not. */
  export_incomplete: { signal: string; left: number };
  /** The running platform cannot do what was asked. `feature` names it. */
  unsupported: { feature: string };
}

/** Every code that a `CodexError` can carry. */
export type CodexErrorCode = keyof CodexErrorDetails;

/** A `CodexError` of any code, as a union that narrows by `code`. */
export type AnyCodexError = { [C in CodexErrorCode]: CodexError<C> }[CodexErrorCode];

const BRAND = Symbol.for("codex-otel.CodexError");

/**
 * The error this package throws for everything but misuse (which is a `TypeError` or
 * `RangeError`). Tell errors apart by `code`, or with {@linkcode isCodexError}: the message is
 * for people, and `instanceof` fails across two copies of the package.
 *
 * `name` is `"CodexError"`, but `"AbortError"` for the code `aborted`, because programs written
 * for the official SDK, where an abort is Node's own `AbortError`, look at the name.
 */
export class CodexError<C extends CodexErrorCode = CodexErrorCode> extends Error {
  /** Which failure this is. */
  readonly code: C;
  /** Facts about the failure, shaped by its code. */
  readonly details: CodexErrorDetails[C];

  /** Creates an error with a code, a message for people, and the details that the code asks for. */
  constructor(
    code: C,
    message: string,
    options: { details: CodexErrorDetails[C]; cause?: unknown },
  ) {
    super(message, "cause" in options ? { cause: options.cause } : undefined);
    this.name = code === "aborted" ? "AbortError" : "CodexError";
    this.code = code;
    this.details = options.details;
    Object.defineProperty(this, BRAND, { value: true });
  }
}

/**
 * Tells whether a value is a `CodexError`, from this copy of the package or another one, and,
 * with `code`, whether it is of that code.
 *
 * @example Handle one failure, rethrow the others
 * ```ts
 * import { CodexError, isCodexError } from "@codex-otel/sdk";
 * import assert from "node:assert/strict";
 *
 * const error: unknown = new CodexError("exec_failed", "Codex Exec exited with code 9: no", {
 *   details: { exitCode: 9, signal: null, stderr: "no" },
 * });
 * if (!isCodexError(error, "exec_failed")) throw error;
 * assert.equal(error.details.exitCode, 9);
 * ```
 */
export function isCodexError(value: unknown): value is AnyCodexError;
/** Tells whether a value is a `CodexError` of the given code. */
export function isCodexError<C extends CodexErrorCode>(
  value: unknown,
  code: C,
): value is CodexError<C>;
export function isCodexError(value: unknown, code?: CodexErrorCode): boolean {
  if (typeof value !== "object" || value === null || !(BRAND in value)) return false;
  return code === undefined || (value as { code?: unknown }).code === code;
}
