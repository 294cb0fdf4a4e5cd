/**
 * Writes src/protocol/app_server/types.ts from the types that the installed Codex CLI generates:
 * `node --import tsx scripts/protocol_types.ts`. With `--check` it writes nothing, says how the
 * installed CLI's protocol differs from that file, and exits with 1 if it does.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { cliPath } from "./app_server/cli.ts";
import { compareTypes, composeTypes } from "./app_server/type_file.ts";
import { isMain, ROOT, runtimeProgram } from "./lib/project.ts";

const FILE = join(ROOT, "src/protocol/app_server/types.ts");

/** How the installed CLI's protocol differs from what is checked in, a line each. */
export function protocolDrift(): string[] {
  return compareTypes(readFileSync(FILE, "utf8"), generate());
}

function generate(): string {
  const cli = cliPath();
  const version = execFileSync(cli, ["--version"], { encoding: "utf8" }).trim().split(" ").at(-1)!;
  const folder = mkdtempSync(join(tmpdir(), "codex-otel-types-"));
  try {
    execFileSync(cli, ["app-server", "generate-ts", "--out", folder, "--experimental"]);
    return format(composeTypes(folder, version));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function format(text: string): string {
  return execFileSync(runtimeProgram("deno"), ["fmt", "--ext", "ts", "-"], {
    cwd: ROOT,
    input: text,
    encoding: "utf8",
    maxBuffer: 16 * 1024 * 1024,
  });
}

function check(): void {
  const differences = protocolDrift();
  for (const line of differences) console.log(line);
  console.log(
    differences.length === 0
      ? "The installed CLI's protocol is the one that is checked in."
      : "The protocol has drifted. Run scripts/protocol_types.ts and read the difference.",
  );
  process.exitCode = differences.length === 0 ? 0 : 1;
}

if (isMain(import.meta.url)) {
  if (process.argv.includes("--check")) check();
  else writeFileSync(FILE, generate());
}
