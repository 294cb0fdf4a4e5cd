/** The `package.json` of the npm package. */

/** A `package.json`, as far as it is read here. */
export interface Manifest {
  name: string;
  version: string;
  description?: string;
  engines?: Record<string, string>;
  exports: Record<string, unknown>;
  dependencies?: Record<string, string>;
  [field: string]: unknown;
}

/** What of the project's own manifest also holds for the npm package. */
const OURS = ["description", "license", "engines", "sideEffects", "dependencies"];

/**
 * Completes the manifest that `deno pack` writes, which has no description and no engines, and no
 * dependencies either where it finds them in `node_modules` (Deno 2.9.6); where it finds them in
 * its import map, it loosens versions that are pinned.
 */
export function completeManifest(packed: Manifest, project: Manifest): Manifest {
  const ours = Object.fromEntries(OURS.map((field) => [field, project[field]]));
  // For tools that look up a package's version or folder.
  const exports = { ...packed.exports, "./package.json": "./package.json" };
  return { ...packed, ...ours, exports };
}
