/**
 * Where a collector is on this machine.
 * @module
 */
import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";

/** What the collector is built of. */
export const MANIFEST: string = fileURLToPath(new URL("./manifest.yaml", import.meta.url));

/** Where the build of this manifest is kept: outside of the tree, so that it outlives a clone. */
export function buildFolder(): string {
  const hash = createHash("sha256").update(readFileSync(MANIFEST)).digest("hex").slice(0, 12);
  const cache = process.env["XDG_CACHE_HOME"] || join(homedir(), ".cache");
  return join(cache, "codex-otel", `otelcol-${hash}`);
}

/** `OTELCOL_BIN`, or `otelcol` on the PATH, or what `build.ts` has built. */
export function findCollector(): string | undefined {
  const given = process.env["OTELCOL_BIN"];
  if (given) return given;
  const folders = (process.env["PATH"] ?? "").split(delimiter);
  const candidates = [...folders, buildFolder()].map((folder) => join(folder, "otelcol"));
  return candidates.find((path) => existsSync(path));
}
