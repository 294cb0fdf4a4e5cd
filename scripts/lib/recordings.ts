/**
 * What is recorded of the CLI, over both of its transports: the model's scripts by fixture.
 * @module
 */
import { dirname, join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { reply } from "../../src/testing/mod.ts";
import type { ModelStep } from "../../src/testing/mod.ts";

/** The project's folder. */
export const ROOT: string = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** Where recordings are kept. */
export const FIXTURES: string = join(ROOT, "test/fixtures");

/** Where the CLI works meanwhile. Its name is in the recordings, so it is the same each time. */
export const WORK = "/tmp/codex-otel-recording";

/** What the CLI is made to do, for a recording. */
export interface Recording {
  /** The model's answers, for each prompt in turn; every prompt but the first resumes the thread. */
  turns: ModelStep[][];
  /** Config overrides, as `key=value` in TOML. */
  config?: string[];
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

const plan = (steps: { step: string; status: string }[]) =>
  reply.tool("update_plan", { plan: steps });

const forecast = (city: string) => reply.tool("forecast", { city }, { namespace: "mcp__weather" });

/** By the name of the fixture. Both transports are recorded from the same model. */
export const RECORDINGS: Record<string, Recording> = {
  thread_basic: { turns: [[reply.message("All is well.", { usage })]] },
  thread_command: {
    turns: [[
      reply.command("printf 'one\\ntwo\\n'", { usage, login: true }),
      reply.message("Two lines.", { usage }),
    ]],
  },
  thread_command_failed: {
    turns: [[
      reply.command("echo no such thing >&2; exit 3", { usage, login: true }),
      "It failed.",
    ]],
  },
  thread_patch: {
    turns: [[reply.patch(HELLO_PATCH), reply.patch(UPDATE_PATCH), reply.message("Patched.")]],
  },
  thread_mcp: {
    config: [
      `mcp_servers.weather.command=${JSON.stringify(process.execPath)}`,
      `mcp_servers.weather.args=[${JSON.stringify(join(FIXTURES, "weather_mcp.cjs"))}]`,
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
  thread_cut: {
    turns: [[reply.command("echo before", { login: true }), reply.cut("Half an ans")]],
  },
  thread_plan: {
    config: ["tools.update_plan.enabled=true"],
    turns: [[
      plan([{ step: "Look", status: "in_progress" }, { step: "Fix", status: "pending" }]),
      plan([{ step: "Look", status: "completed" }, { step: "Fix", status: "in_progress" }]),
      reply.message("Half done."),
    ]],
  },
  thread_retried: {
    config: ["model_providers.scripted.stream_max_retries=2"],
    turns: [[reply.cut("Half an ans"), reply.message("The whole answer.")]],
  },
  thread_resumed: {
    turns: [[reply.message("First.", { usage })], [reply.message("Second.", { usage })]],
  },
};
