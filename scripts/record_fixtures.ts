/**
 * Records test/fixtures/*.jsonl: runs the installed Codex CLI against a scripted model and keeps
 * what it prints. Run it after an update of `@openai/codex`, and read the difference:
 * `node --import tsx scripts/record_fixtures.ts [NAME ...]`.
 */
import { spawn } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { scriptedModel } from "../src/testing/mod.ts";
import { FIXTURES, type Recording, RECORDINGS, ROOT, WORK } from "./lib/recordings.ts";

async function record(name: string, { turns, config = [] }: Recording): Promise<void> {
  const model = await scriptedModel(turns.flat());
  // An empty home keeps what a login shell of this machine prints out of the recordings.
  mkdirSync(join(WORK, "home"), { recursive: true });
  const cwd = join(WORK, "work");
  mkdirSync(cwd);
  const args = config.flatMap((override) => ["-c", override]);
  try {
    const { env } = model.codexOptions({ env: { HOME: join(WORK, "home") } });
    let output = "";
    for (const _ of turns) {
      const resume = threadId(output);
      output = await runCli([...args, ...(resume ? ["resume", resume] : [])], { cwd, env });
    }
    if (model.problems.length > 0) throw new Error(`${name}: ${model.problems.join("; ")}`);
    writeFileSync(join(FIXTURES, `${name}.jsonl`), output);
    console.log(`${name}: ${output.split("\n").length - 1} lines`);
  } finally {
    await model.close();
    rmSync(WORK, { recursive: true, force: true });
  }
}

function threadId(output: string): string | undefined {
  return /"thread_id":"([^"]+)"/.exec(output)?.[1];
}

function runCli(
  args: string[],
  options: { cwd: string; env: Record<string, string> },
): Promise<string> {
  const cli = join(ROOT, "node_modules/.bin/codex");
  const fixed = ["exec", "--json", "--skip-git-repo-check", "--sandbox", "workspace-write"];
  const child = spawn(cli, [...fixed, ...args], options);
  let output = "";
  child.stdout.on("data", (chunk) => output += String(chunk));
  child.stderr.resume();
  child.stdin.end("A prompt for the recording");
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    // A failed turn ends with status 1, which is what some recordings are about.
    child.on("close", () => resolve(output));
  });
}

const version = (JSON.parse(
  readFileSync(join(ROOT, "node_modules/@openai/codex/package.json"), "utf8"),
) as { version: string }).version;
console.log(`recording codex-cli ${version}`);
const wanted = process.argv.slice(2);
for (const [name, recording] of Object.entries(RECORDINGS)) {
  if (wanted.length === 0 || wanted.includes(name)) await record(name, recording);
}
