/**
 * The environment of the CLI.
 * @module
 */

import type { TraceCarrier } from "../events/sink.ts";

/** Tells the CLI, and by it the API, which program drives it. */
const ORIGINATOR_VARIABLE = "CODEX_INTERNAL_ORIGINATOR_OVERRIDE";

const ORIGINATOR = "codex_otel_ts";

/** All that the environment depends on. */
export interface ChildEnvInput {
  /** What the CLI gets before anything is added: `CodexOptions.env`, or this process's. */
  base: Readonly<Record<string, string>>;
  apiKey?: string;
  /** The trace that the CLI's own spans and its requests to the model are to be part of. */
  trace?: TraceCarrier | undefined;
  /** Folders that come first on `PATH`. */
  pathDirectories: readonly string[];
  /** As Node names it. */
  platform: string;
}

/** The CLI's environment. An originator that the base sets is kept; an API key given wins. */
export function childEnv(input: ChildEnvInput): Record<string, string> {
  const env = { ...input.base };
  if (!env[ORIGINATOR_VARIABLE]) env[ORIGINATOR_VARIABLE] = ORIGINATOR;
  if (input.apiKey) env["CODEX_API_KEY"] = input.apiKey;
  if (input.pathDirectories.length > 0) prependPath(env, input);
  if (input.trace) setTrace(env, input.trace);
  return env;
}

/** The CLI (0.169) reads both; a `TRACESTATE` of another trace must not stay. */
function setTrace(env: Record<string, string>, trace: TraceCarrier): void {
  env["TRACEPARENT"] = trace.traceparent;
  delete env["TRACESTATE"];
  if (trace.tracestate) env["TRACESTATE"] = trace.tracestate;
}

function prependPath(env: Record<string, string>, input: ChildEnvInput): void {
  const isWindows = input.platform === "win32";
  const separator = isWindows ? ";" : ":";
  const key = isWindows ? windowsPathKey(env) : "PATH";
  if (isWindows) removeOtherSpellings(env, key);
  const rest = (env[key] ?? "").split(separator).filter((entry) =>
    entry.length > 0 && !input.pathDirectories.includes(entry)
  );
  env[key] = [...input.pathDirectories, ...rest].join(separator);
}

/** Windows compares names of variables without case; `Path` is its own spelling. */
function windowsPathKey(env: Record<string, string>): string {
  const spellings = Object.keys(env).filter(isPathName);
  return spellings.includes("Path") ? "Path" : spellings.at(-1) ?? "PATH";
}

function removeOtherSpellings(env: Record<string, string>, kept: string): void {
  for (const name of Object.keys(env)) {
    if (isPathName(name) && name !== kept) delete env[name];
  }
}

function isPathName(name: string): boolean {
  return name.toLowerCase() === "path";
}
