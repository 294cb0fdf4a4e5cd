import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** Path of a certificate or key made for the tests. */
export function tlsPath(name: string): string {
  return fileURLToPath(new URL(`../fixtures/tls/${name}`, import.meta.url));
}

/** PEM text of a certificate or key made for the tests. */
export function pem(name: string): string {
  return readFileSync(tlsPath(name), "utf8");
}
