import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A stand-in for the CLI, written as a POSIX shell script. */
export interface ShellCli {
  readonly path: string;
  /** Text of a file that the script wrote to `$here`. */
  read(name: string): string;
  cleanup(): void;
}

const HEAD = `#!/bin/sh
here=\${0%/*}
PATH="/usr/bin:/bin:$PATH"
say() { printf '%s\\n' "$1"; }
begin() { say '{"type":"thread.started","thread_id":"t1"}'; say '{"type":"turn.started"}'; }
finish() { say '{"type":"turn.completed","usage":{"input_tokens":1,"output_tokens":1}}'; }
wait_for_ever() { while :; do sleep 0.1 </dev/null >/dev/null 2>&1; done; }
`;

/** Makes a program of a script, which can use `say`, `begin`, `finish`, `wait_for_ever`, `$here`. */
export function shellCli(script: string): ShellCli {
  const folder = mkdtempSync(join(tmpdir(), "codex-otel-shell-cli-"));
  const path = join(folder, "codex");
  writeFileSync(path, HEAD + script);
  chmodSync(path, 0o755);
  return {
    path,
    read: (name) => readFileSync(join(folder, name), "utf8"),
    cleanup: () => rmSync(folder, { recursive: true, force: true }),
  };
}
