/**
 * Records test/fixtures/*.jsonl: runs the installed Codex CLI against a scripted model and keeps
 * what it prints. Run it after an update of `@openai/codex`, and read the difference:
 * `node --import tsx scripts/record_fixtures.ts [NAME ...]`.
 */
import { spawn } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { reply, scriptedModel } from "../src/testing/mod.ts";
import type { ModelStep } from "../src/testing/mod.ts";

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const FIXTURES = join(ROOT, "test/fixtures");
// The folder's name is in the recordings, so it is the same each time.
const WORK = "/tmp/codex-otel-recording";

interface Recording {
  /** The model's answers, for each prompt in turn; every prompt but the first resumes the thread. */
  turns: ModelStep[][];
  args?: string[];
}

const HELLO_PATCH = `*** Begin Patch
*** Add File: hello.txt
+hello
*** End Patch`;

const UPDATE_PATCH = `*** Begin Patch
*** Update File: hello.txt
@@
-hello
+hello, world
*** Add File: notes.md
+# Notes
*** End Patch`;

const webSearch = (query: string) => ({
  type: "web_search_call",
  id: "ws_1",
  status: "completed",
  action: { type: "search", query },
});

const reasoning = (text: string) => ({
  type: "reasoning",
  id: "rs_1",
  summary: [{ type: "summary_text", text }],
  encrypted_content: null,
});

const answer = (text: string) => ({
  type: "message",
  role: "assistant",
  id: "msg_answer",
  content: [{ type: "output_text", text }],
});

const usage = {
  input_tokens: 121,
  cached_input_tokens: 20,
  cache_write_input_tokens: 3,
  output_tokens: 12,
  reasoning_output_tokens: 4,
};

const forecast = (city: string) => reply.tool("forecast", { city }, { namespace: "mcp__weather" });

const RECORDINGS: Record<string, Recording> = {
  thread_basic: { turns: [[reply.message("All is well.", { usage })]] },
  thread_command: {
    turns: [[
      reply.command("printf 'one\\ntwo\\n'", { usage }),
      reply.message("Two lines.", { usage }),
    ]],
  },
  thread_command_failed: {
    turns: [[reply.command("echo no such thing >&2; exit 3", { usage }), "It failed."]],
  },
  thread_patch: {
    turns: [[reply.patch(HELLO_PATCH), reply.patch(UPDATE_PATCH), reply.message("Patched.")]],
  },
  thread_mcp: {
    args: [
      "-c",
      `mcp_servers.weather.command=${JSON.stringify(process.execPath)}`,
      "-c",
      `mcp_servers.weather.args=[${JSON.stringify(join(FIXTURES, "weather_mcp.cjs"))}]`,
      "-c",
      'mcp_servers.weather.default_tools_approval_mode="approve"',
    ],
    turns: [[forecast("Oslo"), forecast("Nowhere"), "Sunny in Oslo."]],
  },
  thread_web_search: {
    turns: [[
      reply.output([
        reasoning("**Looking it up**"),
        webSearch("weather in Oslo"),
        answer("Sunny."),
      ]),
    ]],
  },
  thread_failed: { turns: [[reply.failure("the model broke")]] },
  thread_cut: { turns: [[reply.command("echo before"), reply.cut("Half an ans")]] },
  thread_resumed: {
    turns: [[reply.message("First.", { usage })], [reply.message("Second.", { usage })]],
  },
};

async function record(name: string, { turns, args = [] }: Recording): Promise<void> {
  const model = await scriptedModel(turns.flat());
  // An empty home keeps what a login shell of this machine prints out of the recordings.
  mkdirSync(join(WORK, "home"), { recursive: true });
  const cwd = join(WORK, "work");
  mkdirSync(cwd);
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
