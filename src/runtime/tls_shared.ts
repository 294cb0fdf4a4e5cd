/**
 * What TLS needs alike under the three runtimes.
 * @module
 */
import { createPrivateKey, X509Certificate } from "node:crypto";
import { readFile, stat } from "node:fs/promises";
import { CodexError } from "../errors.ts";
import type { TlsMaterial, TlsPort } from "../otlp/ports.ts";
import { invalidPem } from "../otlp/tls_material.ts";

/** The file access of a `TlsPort`. */
export const tlsFiles: Pick<TlsPort, "readTextFile" | "fileVersion"> = {
  readTextFile: (path) => readFile(path, "utf8"),
  async fileVersion(path) {
    try {
      const { mtimeMs, ctimeMs, size, ino } = await stat(path);
      return [mtimeMs, ctimeMs, size, ino].join(":");
    } catch {
      return undefined;
    }
  },
};

/**
 * Checks what the runtimes would report late and each in its own words.
 * @throws {CodexError} `tls_invalid_pem`, `tls_key_mismatch`.
 */
export function checkMaterial({ cert, key, ca }: TlsMaterial): void {
  for (const block of certificates(ca)) parse("ca", () => new X509Certificate(block));
  const chain = certificates(cert).map((block) => parse("cert", () => new X509Certificate(block)));
  const leaf = chain[0];
  if (key === undefined || !leaf) return;
  const privateKey = parse("key", () => createPrivateKey(key));
  if (leaf.checkPrivateKey(privateKey)) return;
  throw new CodexError("tls_key_mismatch", "The private key does not belong to the certificate.", {
    details: {},
  });
}

/** The single certificates of a PEM text. */
export function certificates(pem: string | undefined): string[] {
  const blocks = /-----BEGIN (?:TRUSTED |X509 )?CERTIFICATE-----[\s\S]+?-----END [A-Z0-9 ]+-----/g;
  return pem?.match(blocks) ?? [];
}

function parse<T>(setting: string, create: () => T): T {
  try {
    return create();
  } catch (cause) {
    throw invalidPem(setting, cause);
  }
}
