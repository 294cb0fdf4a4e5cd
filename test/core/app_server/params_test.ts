import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  threadResumeParams,
  threadStartParams,
  turnStartParams,
} from "../../../src/core/app_server/params.ts";
import type { CodexOptions, ThreadOptions, TurnOptions } from "../../../src/core/options.ts";
import { tool } from "../../../src/core/tools/tool.ts";
import { isCodexError } from "../../../src/errors.ts";

const NOT_ASKING = { approvalPolicy: "never" };

const THREADS: [title: string, thread: ThreadOptions, params: object][] = [
  ["nothing", {}, NOT_ASKING],
  ["a model", { model: "gpt-5" }, { ...NOT_ASKING, model: "gpt-5" }],
  ["a folder", { workingDirectory: "/w" }, { ...NOT_ASKING, cwd: "/w" }],
  ["a sandbox", { sandboxMode: "read-only" }, { ...NOT_ASKING, sandbox: "read-only" }],
  ["a policy", { approvalPolicy: "untrusted" }, { approvalPolicy: "untrusted" }],
  ["a policy that is gone", { approvalPolicy: "on-failure" }, { approvalPolicy: "on-request" }],
  ["somebody to ask", { approvals: "allow" }, {}],
  ["somebody to ask, and a policy", { approvals: "allow", approvalPolicy: "never" }, NOT_ASKING],
  ["leave to work anywhere", { skipGitRepoCheck: true }, NOT_ASKING],
  [
    "an effort",
    { modelReasoningEffort: "high" },
    { ...NOT_ASKING, config: { model_reasoning_effort: "high" } },
  ],
  [
    "no network",
    { networkAccessEnabled: false },
    { ...NOT_ASKING, config: { "sandbox_workspace_write.network_access": false } },
  ],
  [
    "more folders",
    { additionalDirectories: ["/a", "b"] },
    { ...NOT_ASKING, config: { "sandbox_workspace_write.writable_roots": ["/a", "b"] } },
  ],
  ["no more folders", { additionalDirectories: [] }, NOT_ASKING],
  ["web search", { webSearchEnabled: true }, { ...NOT_ASKING, config: { web_search: "live" } }],
  [
    "a web search mode, which wins",
    { webSearchEnabled: true, webSearchMode: "cached" },
    { ...NOT_ASKING, config: { web_search: "cached" } },
  ],
];

const CODEX: [title: string, codex: Pick<CodexOptions, "config" | "baseUrl">, config: object][] = [
  ["a base URL", { baseUrl: "http://h/v1" }, { openai_base_url: "http://h/v1" }],
  ["config", { config: { a: 1, b: { c: ["x"], d: {} } } }, { "a": 1, "b.c": ["x"], "b.d": {} }],
  [
    "a base URL in both",
    { config: { openai_base_url: "http://a" }, baseUrl: "http://b" },
    { openai_base_url: "http://b" },
  ],
];

describe("threadStartParams()", () => {
  for (const [title, thread, params] of THREADS) {
    it(`asks for ${title}`, () => {
      assert.deepEqual(threadStartParams(thread, { codex: {} }), params);
    });
  }

  for (const [title, codex, config] of CODEX) {
    it(`hands over ${title}`, () => {
      assert.deepEqual(threadStartParams({}, { codex }), { ...NOT_ASKING, config });
    });
  }

  it("lets an option of the thread win over config", () => {
    const codex = { config: { web_search: "live", sandbox_workspace_write: { x: 1 } } };
    const thread: ThreadOptions = { webSearchMode: "disabled", networkAccessEnabled: true };
    assert.deepEqual(threadStartParams(thread, { codex }).config, {
      "web_search": "disabled",
      "sandbox_workspace_write.x": 1,
      "sandbox_workspace_write.network_access": true,
    });
  });

  it("refuses the config that exec refuses", () => {
    const config = { a: { b: null } } as unknown as CodexOptions["config"];
    assert.throws(
      () => threadStartParams({}, { codex: { config: config! } }),
      (error) => isCodexError(error, "invalid_config") && error.details.path === "a.b",
    );
  });

  it("tells of tools and of the thread's source", () => {
    const inputSchema = { type: "object" };
    const add = tool({ name: "add", description: "Adds", inputSchema, run: () => 1 });
    assert.deepEqual(
      threadStartParams({ threadSource: "ci" }, { codex: {}, dynamicTools: [add] }),
      {
        ...NOT_ASKING,
        threadSource: "ci",
        dynamicTools: [{ type: "function", name: "add", description: "Adds", inputSchema }],
      },
    );
  });
});

describe("threadResumeParams()", () => {
  it("asks for the same as a start, without the history, the source and the tools", () => {
    const thread: ThreadOptions = { model: "gpt-5", threadSource: "ci", webSearchEnabled: false };
    assert.deepEqual(threadResumeParams("t1", thread, { codex: { baseUrl: "http://h" } }), {
      ...NOT_ASKING,
      threadId: "t1",
      model: "gpt-5",
      config: { openai_base_url: "http://h", web_search: "disabled" },
      excludeTurns: true,
    });
  });
});

const TURNS: [title: string, turn: TurnOptions, params: object][] = [
  ["nothing", {}, {}],
  ["a schema", { outputSchema: { type: "object" } }, { outputSchema: { type: "object" } }],
  ["the standard program", { cyberAccessProgram: "standard" }, { cyberAccessProgram: "standard" }],
  [
    "another program, under the app-server's name",
    { cyberAccessProgram: "daybreak_blue" },
    { cyberAccessProgram: "daybreakBlue" },
  ],
];

describe("turnStartParams()", () => {
  for (const [title, turn, params] of TURNS) {
    it(`asks for ${title}`, () => {
      assert.deepEqual(turnStartParams("t1", { prompt: "Go", images: [], turn }), {
        threadId: "t1",
        input: [{ type: "text", text: "Go", text_elements: [] }],
        ...params,
      });
    });
  }

  it("hands over images after the prompt, and no prompt that is empty", () => {
    const image = { type: "localImage", path: "/a.png" };
    const inputOf = (prompt: string) =>
      turnStartParams("t1", { prompt, images: ["/a.png"], turn: {} }).input;
    assert.deepEqual(inputOf("See"), [{ type: "text", text: "See", text_elements: [] }, image]);
    assert.deepEqual(inputOf(""), [image]);
  });
});
