/**
 * The exporters that a user has named for the CLI. An override cannot replace one: the CLI (0.169)
 * merges tables, so that headers meant for another collector would be sent to ours, and a second
 * kind of exporter for one signal is refused.
 * @module
 */
import type { ExportSignal } from "../events/catalogue.ts";
import { EXPORTER_KEYS, JOINED_SIGNALS } from "./cli_join.ts";

/** `"none"` names no exporter; on the command line the quotes may be left out. */
const NONE = /^\s*(["']?)none\1\s*(#.*)?$/;

/** The signals with an exporter in overrides as the command line takes them: `key=value`. */
export function claimedByOverrides(overrides: readonly string[]): Set<ExportSignal> {
  return new Set(overrides.flatMap((override) => {
    const at = override.indexOf("=");
    return at < 0 ? [] : claimsOf(keyPath(override.slice(0, at)), override.slice(at + 1));
  }));
}

/**
 * The signals with an exporter in a `config.toml`. It looks at each line for itself; a value over
 * several lines is judged by the lines that it has.
 */
export function claimedByConfig(toml: string): Set<ExportSignal> {
  const claimed = new Set<ExportSignal>();
  let table: string[] = [];
  for (const line of toml.split("\n")) {
    const header = /^\s*\[([^[\]]+)\]\s*(#.*)?$/.exec(line)?.[1];
    const [, key, value] = /^\s*([\w."' -]+?)\s*=(.*)$/.exec(line) ?? [];
    if (header !== undefined) table = keyPath(header);
    const path = header !== undefined || key === undefined ? table : [...table, ...keyPath(key)];
    if (header === undefined && key === undefined) continue;
    for (const signal of claimsOf(path, value ?? "")) claimed.add(signal);
  }
  return claimed;
}

function claimsOf(path: readonly string[], value: string): ExportSignal[] {
  if (path[0] !== "otel") return [];
  const [, key] = path;
  if (key === undefined) return JOINED_SIGNALS.filter((signal) => isIn(value, signal));
  if (path.length === 2 && NONE.test(value)) return [];
  return JOINED_SIGNALS.filter((signal) => EXPORTER_KEYS[signal] === key);
}

/** Whether the inline table `otel = { … }` names an exporter for a signal. */
function isIn(table: string, signal: ExportSignal): boolean {
  const key = EXPORTER_KEYS[signal];
  const found = new RegExp(`[{,\\s"']${key}["']?\\s*[.=]\\s*(\\S+)`).exec(table);
  return found !== null && !/^(["'])none\1/.test(found[1]!);
}

function keyPath(key: string): string[] {
  return key.split(".").map((part) => part.trim().replace(/^(["'])(.*)\1$/, "$2"));
}
