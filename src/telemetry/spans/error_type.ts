import type { CodexErrorCode } from "../../errors.ts";
import type { ToolFailureCode } from "../../protocol/tool_items.ts";

/** The codes of this package; the compiler asks for each. */
const OWN_CODES: Readonly<Record<CodexErrorCode | ToolFailureCode | "compaction_failed", true>> = {
  cli_not_found: true,
  exec_failed: true,
  spawn_failed: true,
  invalid_event: true,
  line_too_long: true,
  turn_failed: true,
  aborted: true,
  timeout: true,
  invalid_output_schema: true,
  invalid_config: true,
  connection_lost: true,
  connection_refused: true,
  unauthorized: true,
  not_app_server: true,
  protocol_error: true,
  rpc_error: true,
  no_turn: true,
  thread_busy: true,
  process_unknown: true,
  closed: true,
  attachment_missing: true,
  attachment_unreadable: true,
  attachment_not_file: true,
  attachment_name: true,
  staging_folder: true,
  staging_full: true,
  staging_failed: true,
  handler_exists: true,
  telemetry_config: true,
  tls_incomplete: true,
  tls_file_unreadable: true,
  tls_invalid_pem: true,
  tls_key_encrypted: true,
  tls_key_mismatch: true,
  tls_server_untrusted: true,
  tls_client_rejected: true,
  export_failed: true,
  export_incomplete: true,
  unsupported: true,
  command_failed: true,
  patch_failed: true,
  mcp_tool_failed: true,
  dynamic_tool_failed: true,
  web_search_failed: true,
  declined: true,
  turn_ended: true,
  compaction_failed: true,
};

/** Names of the language's and the platform's errors. */
const STANDARD = [
  ...["Error", "TypeError", "RangeError", "SyntaxError", "ReferenceError", "AggregateError"],
  ...["AbortError", "TimeoutError"],
];

/** Every value of `error.type` but `_OTHER`. */
const ERROR_TYPES: ReadonlySet<string> = new Set([...Object.keys(OWN_CODES), ...STANDARD]);

/** A value of `error.type`, from a closed set; `_OTHER` for all else, as the conventions ask. */
export function errorTypeOf(code: string): string {
  return ERROR_TYPES.has(code) ? code : "_OTHER";
}
