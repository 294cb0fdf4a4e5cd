/**
 * Values of single environment variables.
 * @module
 */

/** Environment variables by name. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Those that telemetry reads. */
const NAMES = /^(CODEX_OTLP|OTEL)_/;

/**
 * The variables among the bindings of a Worker, which also hold objects (a store, another Worker),
 * and numbers and booleans where variables are written in JSON.
 */
export function variablesOf(bindings: object): Environment {
  const named = Object.keys(bindings).filter((name) => NAMES.test(name))
    .map((name): [string, unknown] => [name, (bindings as Record<string, unknown>)[name]]);
  return Object.fromEntries(
    named.filter(([, value]) => TEXTS.includes(typeof value))
      .map(([name, value]) => [name, String(value)]),
  );
}

const TEXTS = ["string", "number", "boolean"];

const TRUTHY = ["1", "true", "yes", "on"];
const FALSY = ["0", "false", "no", "off"];

/** The value of a variable without surrounding blanks; an empty one counts as unset. */
export function readVariable(env: Environment, name: string): string | undefined {
  const value = env[name]?.trim();
  return value === "" ? undefined : value;
}

/** `1 true yes on` and `0 false no off`, in any case; anything else counts as unset. */
export function parseSwitch(text: string | undefined): boolean | undefined {
  const value = text?.trim().toLowerCase() ?? "";
  if (TRUTHY.includes(value)) return true;
  return FALSY.includes(value) ? false : undefined;
}

/** The parts of a list separated by commas. */
export function parseList(text: string | undefined): string[] {
  return (text ?? "").split(",").map((part) => part.trim()).filter((part) => part !== "");
}

/**
 * Reads `OTEL_RESOURCE_ATTRIBUTES`: `k=v` pairs separated by commas, percent-encoded. Undefined
 * when any part is malformed: the specification has the whole value discarded then.
 */
export function parseResourceAttributes(text: string): Record<string, string> | undefined {
  const attributes: Record<string, string> = {};
  for (const pair of parseList(text)) {
    const at = pair.indexOf("=");
    const key = decode(pair.slice(0, Math.max(at, 0)).trim());
    const value = decode(pair.slice(at + 1).trim());
    if (!key || value === undefined) return undefined;
    attributes[key] = value;
  }
  return attributes;
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
