import { CodexError } from "../errors.ts";
import type { TlsOptions, TlsPort } from "../otlp/ports.ts";
import { checkTls, loadMaterial } from "../otlp/tls_material.ts";

/**
 * Tries certificates out before anything is exported with them: a mistake should show when
 * telemetry is configured, not when the first span is lost.
 * @throws {CodexError} `tls_incomplete`, `tls_file_unreadable`, `tls_invalid_pem`,
 * `tls_key_encrypted`, `tls_key_mismatch` or `unsupported`.
 */
export async function verifyTls(
  tls: TlsOptions,
  load: (() => Promise<TlsPort>) | undefined,
): Promise<void> {
  checkTls(tls);
  if (!load) {
    const message = "This platform cannot use certificates for the collector. Leave them out and " +
      "give configure() a fetch that has them, such as that of a Worker's mTLS binding.";
    throw new CodexError("unsupported", message, { details: { feature: "tls" } });
  }
  const port = await load();
  const connection = await port.connect(await loadMaterial(tls, port));
  connection.close();
}
