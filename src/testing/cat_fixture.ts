import { CodexError } from "../errors.ts";
import {
  createFolder,
  createTempFolder,
  joinPath,
  linkFile,
  listByAge,
  makeExecutable,
  platformName,
  readText,
  removePath,
  writeText,
} from "../runtime/testing_files.ts";

/** How a {@linkcode catFixture} behaves beside printing its lines. */
export interface CatFixtureOptions {
  /** Exit status, 0 by default. */
  exitCode?: number;
  /** Signal that the program sends itself instead of exiting, such as `"KILL"`. */
  signal?: "KILL" | "TERM" | "SEGV";
  /** Text for standard error, written before the lines. */
  stderr?: string;
  /** Wait before the first line, in milliseconds. */
  delayMs?: number;
  /** Wait after the last line, before the end, in milliseconds; for tests that abort. */
  lingerMs?: number;
  /** Leave out the newline after the last line, as a program does that dies while it writes. */
  unterminated?: boolean;
}

/** What one run of a {@linkcode catFixture} was given. */
export interface FixtureRun {
  /** Command-line arguments, without the program's name. */
  args: string[];
  /** Standard input, to its end. */
  input: string;
}

/** A program that stands in for the Codex CLI. */
export interface CatFixture {
  /** Absolute path of the program, for `codexPathOverride`. */
  readonly path: string;
  /** What the program was given each time it ran, in the order of starting. */
  runs(): FixtureRun[];
  /** Removes the program and what it recorded. Idempotent. */
  cleanup(): void;
  /** Cleans up at the end of a `using` block. */
  [Symbol.dispose](): void;
  /** Cleans up at the end of an `await using` block. */
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Makes a program that reads its standard input to the end and then prints JSON lines, as
 * `codex exec` does: a recorded file by its path, or lines given as text or as objects.
 *
 * It is a POSIX shell script in a temporary folder and works on Linux and macOS. Windows has
 * nothing to run it with.
 *
 * @throws {TypeError} when there is no file at the path.
 * @throws {CodexError} `unsupported` on Windows.
 *
 * @example Run a program that prints a turn
 * ```ts
 * import { catFixture } from "@codex-otel/sdk/testing";
 * import { execFileSync } from "node:child_process";
 * import assert from "node:assert/strict";
 *
 * const fixture = catFixture([
 *   { type: "thread.started", thread_id: "t1" },
 *   { type: "turn.started" },
 *   { type: "item.completed", item: { id: "i1", type: "agent_message", text: "Hello" } },
 * ]);
 * // In a test of your own: new Codex({ codexPathOverride: fixture.path })
 * const output = execFileSync(fixture.path, ["exec", "--json"], { input: "Say hello" });
 * assert.equal(output.toString().trimEnd().split("\n").length, 3);
 * assert.deepEqual(fixture.runs(), [{ args: ["exec", "--json"], input: "Say hello" }]);
 * fixture.cleanup();
 * ```
 */
export function catFixture(
  pathOrLines: string | Iterable<string | object>,
  options: CatFixtureOptions = {},
): CatFixture {
  if (platformName() === "win32") {
    throw new CodexError("unsupported", "catFixture() needs a POSIX shell, which Windows lacks.", {
      details: { feature: "catFixture" },
    });
  }
  const script = fixtureScript(options);
  const folder = createTempFolder("codex-otel-fixture-");
  try {
    return createFixture(folder, { pathOrLines, options, script });
  } catch (error) {
    removePath(folder);
    throw error;
  }
}

interface FixtureParts {
  pathOrLines: string | Iterable<string | object>;
  options: CatFixtureOptions;
  script: string;
}

function createFixture(folder: string, parts: FixtureParts): CatFixture {
  const path = joinPath(folder, "codex");
  writeOutput(joinPath(folder, "output.jsonl"), parts);
  writeText(joinPath(folder, "stderr"), [parts.options.stderr ?? ""]);
  createFolder(joinPath(folder, "runs"));
  writeText(path, [parts.script]);
  makeExecutable(path);
  const cleanup = () => removePath(folder);
  return {
    path,
    runs: () => readRuns(joinPath(folder, "runs")),
    cleanup,
    [Symbol.dispose]: cleanup,
    [Symbol.asyncDispose]: () => Promise.resolve(cleanup()),
  };
}

function writeOutput(path: string, { pathOrLines, options }: FixtureParts): void {
  if (typeof pathOrLines !== "string") {
    writeText(path, joinLines(pathOrLines, options.unterminated ?? false));
  } else if (!linkFile(pathOrLines, path)) {
    throw new TypeError(`catFixture(): there is no file at ${JSON.stringify(pathOrLines)}`);
  }
}

function* joinLines(lines: Iterable<string | object>, unterminated: boolean): Iterable<string> {
  let first = true;
  for (const line of lines) {
    if (!first) yield "\n";
    first = false;
    yield typeof line === "string" ? line : JSON.stringify(line);
  }
  if (!first && !unterminated) yield "\n";
}

/** The program's text. Nothing of the caller's gets into it but numbers and a signal's name. */
function fixtureScript(options: CatFixtureOptions): string {
  const { delayMs, lingerMs, signal, exitCode = 0 } = options;
  return [
    "#!/bin/sh",
    "here=${0%/*}",
    // The caller may have given the program an environment without these.
    'PATH="${PATH:+$PATH:}/usr/bin:/bin"; export PATH',
    'run="$here/runs/$$"; mkdir -p "$run"',
    `[ $# -eq 0 ] || printf '%s\\0' "$@" > "$run/args"`,
    'cat > "$run/input"',
    ...(delayMs === undefined ? [] : [pause(delayMs)]),
    'cat "$here/stderr" >&2',
    'cat "$here/output.jsonl"',
    ...(lingerMs === undefined ? [] : [pause(lingerMs)]),
    ...(signal ? [`kill -${checkSignal(signal)} $$`] : []),
    `exit ${checkExitCode(exitCode)}`,
    "",
  ].join("\n");
}

/** A wait in short steps that hold no pipe: whoever kills the shell alone leaves nothing behind. */
function pause(ms: number): string {
  if (!Number.isFinite(ms) || ms < 0) throw new RangeError(`no duration in milliseconds: ${ms}`);
  const step = "sleep 0.2 </dev/null >/dev/null 2>&1";
  const rest = `sleep ${((ms % 200) / 1000).toFixed(3)} </dev/null >/dev/null 2>&1`;
  return `n=${Math.floor(ms / 200)}; while [ $n -gt 0 ]; do ${step}; n=$((n - 1)); done; ${rest}`;
}

function checkSignal(signal: string): string {
  if (!["KILL", "TERM", "SEGV"].includes(signal)) throw new TypeError(`unknown signal: ${signal}`);
  return signal;
}

function checkExitCode(code: number): number {
  if (!Number.isInteger(code) || code < 0 || code > 255) {
    throw new RangeError(`an exit code is an integer from 0 to 255: ${code}`);
  }
  return code;
}

function readRuns(folder: string): FixtureRun[] {
  return listByAge(folder).map((name) => ({
    args: (readText(joinPath(folder, name, "args")) ?? "").split("\0").slice(0, -1),
    input: readText(joinPath(folder, name, "input")) ?? "",
  }));
}
