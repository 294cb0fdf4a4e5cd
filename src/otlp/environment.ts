/**
 * The standard variables of the OpenTelemetry specification, section "OTLP Exporter
 * Configuration".
 * @module
 */
import { parseEndpoint, signalUrl } from "./endpoint.ts";
import { parseHeaders } from "./headers.ts";
import type { Compression, HeaderRecord } from "./options.ts";
import type { TlsFiles } from "./ports.ts";
import { parseCompression, parseTimeoutMs } from "./settings.ts";
import type { Signal } from "./signal.ts";

/** Environment variables by name. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** What the environment says for one signal. */
export interface EnvironmentSettings {
  url?: string;
  headers: HeaderRecord;
  timeoutMillis?: number;
  compression?: Compression;
  tls: TlsFiles;
  /** One sentence for each value that cannot be used. Names the variable, never its value. */
  warnings: string[];
}

/**
 * Reads the `OTEL_EXPORTER_OTLP_*` variables for a signal: its own win over those for all, except
 * that headers are merged. A value that cannot be used is left out with a warning.
 */
export function environmentSettings(env: Environment, signal: Signal): EnvironmentSettings {
  const warnings: string[] = [];
  const settings: EnvironmentSettings = { headers: {}, tls: {}, warnings };
  const own = `OTEL_EXPORTER_OTLP_${signal.toUpperCase()}_`;
  const read = <T>(name: string, parse: (text: string) => T | undefined): T | undefined => {
    for (const variable of [own + name, `OTEL_EXPORTER_OTLP_${name}`]) {
      const text = readVariable(env, variable);
      if (text === undefined) continue;
      const value = parse(text);
      if (value !== undefined) return value;
      warnings.push(`${variable} cannot be used and is ignored.`);
    }
    return undefined;
  };
  const assign = <K extends keyof EnvironmentSettings>(
    key: K,
    value: EnvironmentSettings[K] | undefined,
  ): void => {
    if (value !== undefined) settings[key] = value;
  };
  assign("url", readUrl(env, { own, signal, warnings }));
  assign("timeoutMillis", read("TIMEOUT", parseTimeoutMs));
  assign("compression", read("COMPRESSION", parseCompression));
  read("PROTOCOL", (text) => text === "http/json" ? text : undefined);
  settings.headers = readHeaders(env, { own, warnings });
  for (const [key, name] of TLS_VARIABLES) {
    const path = read(name, (text) => text);
    if (path !== undefined) settings.tls[key] = path;
  }
  return settings;
}

const TLS_VARIABLES: readonly [keyof TlsFiles, string][] = [
  ["certFile", "CLIENT_CERTIFICATE"],
  ["keyFile", "CLIENT_KEY"],
  ["caFile", "CERTIFICATE"],
];

interface Reading {
  own: string;
  warnings: string[];
}

/** A signal's own endpoint is used as it is; the one for all is a base. */
function readUrl(env: Environment, options: Reading & { signal: Signal }): string | undefined {
  const { own, signal, warnings } = options;
  const candidates: [string, (text: string) => string | undefined][] = [
    [`${own}ENDPOINT`, (text) => parseEndpoint(text)?.href],
    ["OTEL_EXPORTER_OTLP_ENDPOINT", (text) => signalUrl(text, signal)],
  ];
  for (const [variable, parse] of candidates) {
    const text = readVariable(env, variable);
    if (text === undefined) continue;
    const url = parse(text);
    if (url) return url;
    warnings.push(`${variable} is no http: or https: URL and is ignored.`);
  }
  return undefined;
}

function readHeaders(env: Environment, { own, warnings }: Reading): HeaderRecord {
  const merged: HeaderRecord = {};
  for (const variable of ["OTEL_EXPORTER_OTLP_HEADERS", `${own}HEADERS`]) {
    const { headers, invalid } = parseHeaders(readVariable(env, variable) ?? "");
    Object.assign(merged, headers);
    for (const name of invalid) warnings.push(`${variable}: the header ${name} is not valid.`);
  }
  return merged;
}

/** An empty variable counts as unset (specification, "Parsing empty value"). */
function readVariable(env: Environment, name: string): string | undefined {
  const value = env[name]?.trim();
  return value === "" ? undefined : value;
}
