import { createRequire } from "node:module";
import { join } from "node:path";
import process from "node:process";

/**
 * Path of an installed package's `package.json`: as seen from a folder, or from this package and
 * then from the current folder (this package may have come from a registry by URL, or be bundled).
 */
export function resolvePackage(name: string, fromDirectory?: string): string | undefined {
  const origins = fromDirectory === undefined
    ? [import.meta.url, join(process.cwd(), "package.json")]
    : [join(fromDirectory, "package.json")];
  for (const origin of origins) {
    try {
      return createRequire(origin).resolve(`${name}/package.json`);
    } catch {
      // Not there; the next origin may see it.
    }
  }
  return undefined;
}
