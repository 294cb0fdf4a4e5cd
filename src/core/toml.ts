/**
 * Config overrides as the CLI's `--config key=value` takes them: dotted keys and TOML literals.
 * @module
 */
import { CodexError } from "../errors.ts";

/** A value that a config override can have. */
export type CodexConfigValue =
  | string
  | number
  | boolean
  | CodexConfigValue[]
  | CodexConfigObject;

/** Config overrides as an object; nested objects become dotted keys. */
export type CodexConfigObject = { [key: string]: CodexConfigValue };

/** From here on an integer does not fit TOML's signed 64 bits (TOML 1.0, Integer). */
const FIRST_TOO_LARGE_INTEGER = 2 ** 63;

const BARE_KEY = /^[A-Za-z0-9_-]+$/;

/**
 * Flattens config overrides into `dotted.key=literal` strings, in the order of the object.
 * A key whose value is `undefined` is left out, an empty object becomes `{}`.
 *
 * @throws {CodexError} `invalid_config` for `null`, for a number that is not finite, for an empty
 * key, for an object that holds itself, and for values that TOML does not have.
 */
export function flattenConfig(config: unknown): string[] {
  if (!isTable(config)) {
    throw invalid("", "Codex config overrides must be a plain object");
  }
  checkEnds(config, { path: "", around: [] });
  return Object.entries(config).flatMap(([key, value]) => flattenEntry("", key, value));
}

/** Everything below assumes that following the values inside of values comes to an end. */
function checkEnds(value: unknown, place: { path: string; around: readonly unknown[] }): void {
  if (typeof value !== "object" || value === null) return;
  const { path } = place;
  if (place.around.includes(value)) {
    throw invalid(path, `Codex config override at ${path} holds itself`);
  }
  const around = [...place.around, value];
  for (const [key, inner] of Object.entries(value)) {
    const step = Array.isArray(value) ? `[${key}]` : path ? `.${key}` : key;
    checkEnds(inner, { path: `${path}${step}`, around });
  }
}

function flattenEntry(prefix: string, key: string, value: unknown): string[] {
  if (value === undefined && key) return [];
  const path = joinKey(prefix, key);
  if (!isTable(value)) return [`${path}=${toTomlValue(value, path)}`];
  const entries = Object.entries(value);
  if (entries.length === 0) return [`${path}={}`];
  return entries.flatMap(([inner, child]) => flattenEntry(path, inner, child));
}

/**
 * Writes a value as a TOML literal on one line.
 * @throws {CodexError} `invalid_config` naming `path`, for a value that TOML does not have.
 */
export function toTomlValue(value: unknown, path: string): string {
  if (typeof value === "string") return toTomlString(value, path);
  if (typeof value === "number") return toTomlNumber(value, path);
  if (typeof value === "boolean") return String(value);
  if (Array.isArray(value)) {
    // Array.from also visits holes, which are as invalid as undefined.
    const items = Array.from(value, (item, index) => toTomlValue(item, `${path}[${index}]`));
    return `[${items.join(", ")}]`;
  }
  if (isTable(value)) return toInlineTable(value, path);
  if (value === null) throw invalid(path, `Codex config override at ${path} cannot be null`);
  throw invalid(path, `Unsupported Codex config override value at ${path}: ${typeof value}`);
}

function toInlineTable(table: Record<string, unknown>, path: string): string {
  const parts: string[] = [];
  for (const [key, value] of Object.entries(table)) {
    const inner = joinKey(path, key);
    if (value === undefined) continue;
    const name = BARE_KEY.test(key) ? key : toTomlString(key, inner);
    parts.push(`${name} = ${toTomlValue(value, inner)}`);
  }
  return `{${parts.join(", ")}}`;
}

/** JSON's escapes are TOML's; but TOML also wants DEL escaped, and has no lone surrogates. */
function toTomlString(text: string, path: string): string {
  if (!text.isWellFormed()) {
    throw invalid(path, `Codex config override at ${path} holds a lone surrogate`);
  }
  return JSON.stringify(text).replaceAll("\u007f", "\\u007f");
}

function toTomlNumber(value: number, path: string): string {
  if (!Number.isFinite(value)) {
    throw invalid(path, `Codex config override at ${path} must be a finite number`);
  }
  const literal = String(value);
  const isPlainInteger = /^-?\d+$/.test(literal);
  return isPlainInteger && Math.abs(value) >= FIRST_TOO_LARGE_INTEGER ? `${literal}.0` : literal;
}

function joinKey(prefix: string, key: string): string {
  if (!key) throw invalid(prefix, "Codex config override keys must be non-empty strings");
  return prefix ? `${prefix}.${key}` : key;
}

function isTable(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function invalid(path: string, message: string): CodexError<"invalid_config"> {
  return new CodexError("invalid_config", message, { details: { path } });
}
