import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** What a program was started with. */
export interface Recording {
  args: string[];
  input: string;
  env: Record<string, string>;
  /** Text of the file that follows `--output-schema`. */
  schema?: string;
}

/** A program that notes what it is started with, prints nothing and succeeds. */
export interface RecordingCli {
  readonly path: string;
  readonly folder: string;
  /** What the last run was started with. */
  last(): Recording;
  cleanup(): void;
}

const SCRIPT = `#!/bin/sh
here=\${0%/*}
rm -f "$here/schema"
printf '%s\\0' "$@" > "$here/args"
/usr/bin/env -0 > "$here/env"
/bin/cat > "$here/input"
while [ $# -gt 0 ]; do
  if [ "$1" = --output-schema ]; then /bin/cp "$2" "$here/schema"; fi
  shift
done
`;

/** Makes such a program. */
export function recordingCli(): RecordingCli {
  const folder = mkdtempSync(join(tmpdir(), "codex-otel-recording-"));
  const path = join(folder, "codex");
  writeFileSync(path, SCRIPT);
  chmodSync(path, 0o755);
  const read = (name: string) => readFileSync(join(folder, name), "utf8");
  return {
    path,
    folder,
    last() {
      const args = read("args").split("\0").slice(0, -1);
      const env = Object.fromEntries(read("env").split("\0").slice(0, -1).map(toEntry));
      const recording: Recording = { args, env, input: read("input") };
      if (args.includes("--output-schema")) recording.schema = read("schema");
      return recording;
    },
    cleanup: () => rmSync(folder, { recursive: true }),
  };
}

function toEntry(line: string): [string, string] {
  const equals = line.indexOf("=");
  return [line.slice(0, equals), line.slice(equals + 1)];
}
