import assert from "node:assert/strict";
import { after, describe, it } from "node:test";
import { Codex as OfficialCodex } from "@openai/codex-sdk";
import type { CodexOptions, Input, ThreadOptions, TurnOptions } from "@openai/codex-sdk";
import { createEngine } from "../engine.ts";
import { type Recording, recordingCli } from "../recording_cli.ts";

interface Case {
  codex?: CodexOptions;
  thread?: ThreadOptions;
  turn?: TurnOptions;
  input?: Input;
  /** Resumes this thread. */
  id?: string;
}

const CASES: Record<string, Case> = {
  "nothing": {},
  "an empty prompt": { input: "" },
  "a long prompt": { input: `${"é€😀 \n\0".repeat(50_000)}end` },
  "every option of a thread": {
    thread: {
      model: "gpt-5",
      threadSource: "source",
      sandboxMode: "workspace-write",
      workingDirectory: "/tmp/a b",
      skipGitRepoCheck: true,
      modelReasoningEffort: "high",
      networkAccessEnabled: true,
      webSearchMode: "cached",
      webSearchEnabled: false,
      approvalPolicy: "on-request",
      additionalDirectories: ["/tmp/x", "/tmp/y z"],
    },
  },
  "empty options of a thread": {
    thread: {
      model: "",
      threadSource: "",
      workingDirectory: "",
      skipGitRepoCheck: false,
      networkAccessEnabled: false,
      additionalDirectories: [],
    },
  },
  "web search on": { thread: { webSearchEnabled: true } },
  "web search off": { thread: { webSearchEnabled: false } },
  "a resumed thread": {
    id: "0199-thread",
    thread: { threadSource: "left out", model: "m", sandboxMode: "read-only" },
    input: [{ type: "text", text: "a" }, { type: "local_image", path: "a b.png" }],
  },
  "an empty thread id": { id: "", thread: { threadSource: "kept" } },
  "texts and images": {
    input: [
      { type: "local_image", path: "1.png" },
      { type: "text", text: "first" },
      { type: "local_image", path: "2.png" },
      { type: "text", text: "second\n" },
    ],
  },
  "a schema": {
    turn: { outputSchema: { type: "object", properties: { "é": { type: "string" } } } },
    thread: { model: "m" },
  },
  "an access program": { turn: { cyberAccessProgram: "standard" } },
  "config overrides": {
    codex: {
      config: {
        model_provider: "x",
        nested: { deep: { flag: true, list: [1, "two", { "a b": [] }] } },
        empty: {},
        text: 'quotes " and \\ and \n',
        number: -1.5e-7,
      },
      configOverrides: ["raw=1", "no equals", ""],
      baseUrl: 'https://x.example/v1?a="b"',
    },
    thread: { approvalPolicy: "never", modelReasoningEffort: "minimal" },
  },
  "an empty config": { codex: { config: {}, configOverrides: [], baseUrl: "" } },
  "an API key": { codex: { apiKey: "sk-test" } },
  "an environment of its own": {
    codex: {
      apiKey: "sk-test",
      env: { A: "1", EMPTY: "", PATH: "/nowhere", CODEX_API_KEY: "old" },
    },
  },
  "an empty environment": { codex: { env: {} } },
  "an originator in the environment": {
    codex: { env: { CODEX_INTERNAL_ORIGINATOR_OVERRIDE: "mine" } },
  },
};

/** An API key is kept from the agent's commands, which the official SDK does not do. */
function removeHiding(args: string[]): void {
  const at = args.indexOf('shell_environment_policy.set.CODEX_API_KEY=""');
  assert.equal(args[at - 1], "--config");
  args.splice(at - 1, 2);
}

describe("the exec transport and @openai/codex-sdk", () => {
  const cli = recordingCli();
  after(cli.cleanup);

  async function record(name: "official" | "ours", given: Case): Promise<Recording> {
    const options = { ...given.codex, codexPathOverride: cli.path };
    const codex = name === "ours" ? createEngine(options).codex : new OfficialCodex(options);
    const thread = given.id === undefined
      ? codex.startThread(given.thread)
      : codex.resumeThread(given.id, given.thread);
    await thread.run(given.input ?? "prompt", given.turn);
    const { args, env, ...rest } = cli.last();
    const schema = args.indexOf("--output-schema");
    if (schema >= 0) args[schema + 1] = "SCHEMA";
    return { args, env, ...rest };
  }

  for (const [title, given] of Object.entries(CASES)) {
    it(`start the CLI alike, given ${title}`, async () => {
      const official = await record("official", given);
      const ours = await record("ours", given);
      const originator = "CODEX_INTERNAL_ORIGINATOR_OVERRIDE";
      if (official.env[originator] === "codex_sdk_ts") {
        assert.equal(ours.env[originator], "codex_otel_ts");
        ours.env[originator] = "codex_sdk_ts";
      }
      // By this the SDK finds what a CLI that was killed has left behind.
      assert.match(ours.env["CODEX_OTEL_CHILD"] ?? "", /^[0-9a-f-]{36}$/);
      delete ours.env["CODEX_OTEL_CHILD"];
      if (given.codex?.apiKey) removeHiding(ours.args);
      assert.deepEqual(ours, official);
    });
  }

  it("keep an API key off the command line", async () => {
    const { args } = await record("ours", { codex: { apiKey: "sk-secret" } });
    assert.doesNotMatch(args.join(" "), /sk-secret/);
  });
});
