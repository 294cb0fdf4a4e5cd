/**
 * From TLS settings to PEM texts.
 * @module
 */
import { CodexError } from "../errors.ts";
import type { TlsMaterial, TlsOptions, TlsPort } from "./ports.ts";

type Part = keyof TlsMaterial;

const FILE_OPTIONS = { cert: "certFile", key: "keyFile", ca: "caFile" } as const;

/** What a PEM file of each kind holds, after RFC 7468; keys also in their older forms. */
const PEM_BLOCKS: Record<Part, RegExp> = {
  cert: /-----BEGIN (?:TRUSTED |X509 )?CERTIFICATE-----[\s\S]+?-----END/,
  key: /-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----[\s\S]+?-----END/,
  ca: /-----BEGIN (?:TRUSTED |X509 )?CERTIFICATE-----[\s\S]+?-----END/,
};

/** PKCS #8 (RFC 5958) says it in the label, the older forms in a header (RFC 1421). */
const ENCRYPTED_KEY = /-----BEGIN ENCRYPTED PRIVATE KEY-----|^Proc-Type: *4, *ENCRYPTED/m;

/**
 * Checks that a certificate comes with its key.
 * @throws {CodexError} `tls_incomplete`.
 */
export function checkTls(options: TlsOptions): void {
  const hasCert = Boolean(options.cert ?? options.certFile);
  const hasKey = Boolean(options.key ?? options.keyFile);
  if (hasCert === hasKey) return;
  const missing = hasCert ? "key" : "cert";
  const [has, lacks] = hasCert ? ["certificate", "private key"] : ["private key", "certificate"];
  throw new CodexError("tls_incomplete", `mTLS has a client ${has} but no ${lacks}. Give both.`, {
    details: { missing },
  });
}

/**
 * Reads what is given as files and checks that each text holds a PEM block of its kind.
 * @throws {CodexError} `tls_file_unreadable`, `tls_invalid_pem`, `tls_key_encrypted`.
 */
export async function loadMaterial(
  options: TlsOptions,
  port: Pick<TlsPort, "readTextFile">,
): Promise<TlsMaterial> {
  const material: TlsMaterial = {};
  for (const part of ["cert", "key", "ca"] as const) {
    const setting = FILE_OPTIONS[part];
    const path = options[setting];
    const text = options[part] ?? (path ? await read(path, { setting, port }) : undefined);
    if (text === undefined) continue;
    const given = options[part] ? part : setting;
    if (!PEM_BLOCKS[part].test(text)) throw invalidPem(given);
    if (part === "key" && ENCRYPTED_KEY.test(text)) throw encryptedKey(given);
    material[part] = text;
  }
  return material;
}

/** The error for a text that is no PEM of the expected kind. */
export function invalidPem(setting: string, cause?: unknown): CodexError<"tls_invalid_pem"> {
  const message = `The TLS setting ${setting} holds no PEM block that can be used.`;
  return new CodexError("tls_invalid_pem", message, { details: { setting }, cause });
}

function encryptedKey(setting: string): CodexError<"tls_key_encrypted"> {
  const message = `The private key of the TLS setting ${setting} is protected by a passphrase. ` +
    "Give it decrypted, as `openssl pkey -in client.key -out plain.key` writes it.";
  return new CodexError("tls_key_encrypted", message, { details: { setting } });
}

async function read(
  path: string,
  options: { setting: string; port: Pick<TlsPort, "readTextFile"> },
): Promise<string> {
  try {
    return await options.port.readTextFile(path);
  } catch (cause) {
    const { setting } = options;
    const { code, name } = cause as { code?: string; name?: string };
    const reason = code ?? name ?? "unknown";
    const message = `The file of the TLS setting ${setting} cannot be read (${reason}): ${path}`;
    throw new CodexError("tls_file_unreadable", message, { details: { setting, reason }, cause });
  }
}
