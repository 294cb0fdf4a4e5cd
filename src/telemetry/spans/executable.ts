/**
 * Which program a command line runs.
 * @module
 */
import { splitCommands } from "./shell_words.ts";

/** Shells whose `-c` argument is the command that people mean. */
const SHELLS = new Set(["sh", "bash", "zsh", "dash", "ksh", "ash", "fish"]);

/** Shells of Windows, and the options after which the command comes. */
const WINDOWS_SHELLS: Readonly<Record<string, readonly string[]>> = {
  cmd: ["/c", "/k"],
  powershell: ["-command", "-c"],
  pwsh: ["-command", "-c"],
};

/** Commands that only prepare for the one after them, as in `cd /repo && npm test`. */
const PREPARING = new Set([
  "cd",
  "pushd",
  "export",
  "unset",
  "set",
  "source",
  ".",
  "umask",
  "{",
  "!",
]);

/** Programs that run the program after them, and which of their options take a value. */
const WRAPPERS: Readonly<Record<string, readonly string[]>> = {
  sudo: ["-u", "-g", "-h", "-p", "-C"],
  env: ["-u", "-C", "-S"],
  nice: ["-n"],
  nohup: [],
  time: ["-f", "-o"],
  timeout: ["-s", "-k"],
  exec: ["-a"],
  command: [],
  "!": [],
  "{": [],
};

/** How deep shells within shells are followed. */
const MAX_DEPTH = 4;

/** A longer name is no name of a program. */
const MAX_NAME_LENGTH = 64;

/**
 * The name of the program that a command line runs, without its folder: for
 * `/bin/bash -lc 'touch x'`, which is how the CLI writes what it runs, `touch`. A command that
 * only prepares for another (`cd /repo && npm test`) gives way to it. Undefined when there is no
 * telling.
 */
export function executableOf(command: unknown): string | undefined {
  const name = Array.isArray(command) ? ofWords(command, 0) : ofLine(command, 0);
  return name !== undefined && name.length <= MAX_NAME_LENGTH ? name : undefined;
}

function ofLine(line: unknown, depth: number): string | undefined {
  if (typeof line !== "string") return undefined;
  const commands = splitCommands(line);
  const main = commands.find(([first]) => first !== undefined && !PREPARING.has(first)) ??
    commands[0];
  return main && ofWords(main, depth);
}

function ofWords(words: readonly unknown[], depth: number): string | undefined {
  if (!words.every((word) => typeof word === "string")) return undefined;
  const at = firstProgram(words);
  const program = words[at];
  if (!program) return undefined;
  const name = baseName(program);
  const inner = depth < MAX_DEPTH ? innerCommand(name, words.slice(at + 1)) : undefined;
  return ofLine(inner, depth + 1) ?? name;
}

/** Skips assignments (`A=1 make`) and wrappers with their options (`sudo -u x make`). */
function firstProgram(words: readonly string[]): number {
  let wrapper: readonly string[] | undefined;
  for (let at = 0; at < words.length; at++) {
    const word = words[at]!;
    if (/^[A-Za-z_]\w*=/.test(word)) continue;
    if (wrapper && isArgument(word)) {
      if (wrapper.includes(word)) at++;
      continue;
    }
    const next = ownValue(WRAPPERS, baseName(word));
    if (!next || at === words.length - 1) return at;
    wrapper = next;
  }
  return words.length;
}

/** An option, or the duration of `timeout 5s make`. */
function isArgument(word: string): boolean {
  return word.startsWith("-") || /^\d+(\.\d+)?[smhd]?$/.test(word);
}

/** The command that a shell is given to run. */
function innerCommand(shell: string, args: readonly string[]): string | undefined {
  const windows = ownValue(WINDOWS_SHELLS, shell.toLowerCase());
  if (windows) {
    const at = args.findIndex((arg) => windows.includes(arg.toLowerCase()));
    return at < 0 ? undefined : args.slice(at + 1).join(" ");
  }
  if (!SHELLS.has(shell)) return undefined;
  const at = args.findIndex((arg) => /^-[a-z]*c$/.test(arg));
  return at < 0 ? undefined : args[at + 1];
}

/** `/usr/bin/git` and `C:\bin\git.exe` are `git`. */
function baseName(program: string): string {
  const name = program.split(/[/\\]/).findLast((part) => part !== "") ?? program;
  return name.replace(/\.(exe|cmd|bat)$/i, "");
}

function ownValue<T>(record: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}
