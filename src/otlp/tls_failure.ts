/**
 * Tells failures of TLS apart, which every runtime words in its own way.
 * @module
 */
import { errorTexts } from "./error_texts.ts";

/** What went wrong in a handshake. */
export type TlsFailure = "tls_server_untrusted" | "tls_client_rejected";

/** OpenSSL's names under Node and Bun, and rustls' sentences under Deno. */
const SERVER_UNTRUSTED = [
  /^(CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|ERR_TLS_CERT_ALTNAME|INVALID_CA|INVALID_PURPOSE)/,
  /^(HOSTNAME_MISMATCH|PATH_LENGTH_EXCEEDED|UNKNOWN_CERTIFICATE_VERIFICATION_ERROR|ERROR_IN_CERT)/,
  /invalid peer certificate/i,
  /(self[- ]signed certificate|certificate has expired|certificate is not yet valid)/i,
  /unable to (verify the first|get (local )?issuer) certificate/i,
];

/** TLS alerts of RFC 8446, section 6.2, that are about the client's certificate. */
const CLIENT_REJECTED = [
  /ALERT_(CERTIFICATE_REQUIRED|BAD_CERTIFICATE|UNSUPPORTED_CERTIFICATE|CERTIFICATE_REVOKED)/i,
  /ALERT_(CERTIFICATE_EXPIRED|CERTIFICATE_UNKNOWN|UNKNOWN_CA|ACCESS_DENIED|HANDSHAKE_FAILURE)/i,
  /alert (certificate required|bad certificate|unsupported certificate|certificate revoked)/i,
  /alert (certificate expired|certificate unknown|unknown ca|access denied|handshake failure)/i,
  /received fatal alert: (the server requires|certificate|bad ?certificate|unsupported)/i,
  /received fatal alert: (unknown ?ca|access ?denied|handshake ?failure|.*certificate)/i,
];

/** Looks through an error and its causes. `undefined` when TLS has no part in it. */
export function tlsFailure(error: unknown): TlsFailure | undefined {
  for (const text of errorTexts(error)) {
    if (CLIENT_REJECTED.some((pattern) => pattern.test(text))) return "tls_client_rejected";
    if (SERVER_UNTRUSTED.some((pattern) => pattern.test(text))) return "tls_server_untrusted";
  }
  return undefined;
}

/** How the runtimes say that the other side went away in the middle. */
const PEER_CLOSED = [
  /^(ECONNRESET|EPIPE|EPROTO|UND_ERR_SOCKET)$/,
  /(other side closed|close_notify|handshake eof|connection reset|connection closed)/i,
];

/** Whether the other side closed the connection without a word. */
export function peerClosed(error: unknown): boolean {
  return errorTexts(error).some((text) => PEER_CLOSED.some((pattern) => pattern.test(text)));
}
