import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { ContentOptions } from "../../src/telemetry/content.ts";
import { createTelemetry } from "../../src/telemetry/instance.ts";
import type { ConfigureOptions } from "../../src/telemetry/options.ts";
import { memoryExporter } from "../../src/telemetry/record_exporters.ts";
import type { SpanRecord } from "../../src/telemetry/span_record.ts";
import { cut } from "../../src/telemetry/spans/run_content.ts";
import { Scenario } from "./scenario.ts";

const CONTENT = [
  "gen_ai.input.messages",
  "gen_ai.output.messages",
  "gen_ai.tool.call.arguments",
  "gen_ai.tool.call.result",
  "codex.turn.diff",
];

const ALL: ContentOptions = {
  prompts: true,
  responses: true,
  toolArguments: true,
  toolOutput: true,
  diffs: true,
};

/** Built from parts, so that no scanner takes this file for a leak. */
const KEY = "sk-" + "planted0123456789abcdef";

const TOOL = {
  tool: "exec_command",
  tool_type: "command",
  call_id: "c",
  input: `curl -u ${KEY} x`,
};
const MCP = { server_name: "s", tool: "t", call_id: "m", attempt: 1, arguments: { token: KEY } };

/** The spans of a run that has the secret wherever it can be. */
async function spansOf(
  options: ConfigureOptions,
  { sensitive, env = {} }: { sensitive?: boolean; env?: Record<string, string> } = {},
): Promise<SpanRecord[]> {
  const telemetry = createTelemetry({ env: () => Promise.resolve(env) });
  const exporter = memoryExporter();
  await telemetry.configure({ enabled: true, exporter, ...options });
  new Scenario(telemetry)
    .start({
      input: `Use ${KEY}`,
      workflow: `flow ${KEY}`,
      source: { token: KEY },
      ...(sensitive === undefined ? {} : { trace_sensitive: sensitive }),
    })
    .emit("codex.tool.start", TOOL)
    .emit("codex.turn.diff.updated", { diff: `+first` })
    .at(5).end("codex.tool.failure", 5, {
      ...TOOL,
      output: `got ${KEY}`,
      error: { code: "command_failed", message: `failed with ${KEY}` },
    })
    .emit("codex.mcp.tool_call.start", MCP)
    .end("codex.mcp.tool_call.success", 1, { ...MCP, output: [KEY] })
    .emit("codex.turn.diff.updated", { diff: `+${KEY}` })
    .at(10).stop(10, {
      result: "error",
      output: `It was ${KEY}`,
      error: { code: "turn_failed", message: `turn failed with ${KEY}` },
    });
  await telemetry.shutdown();
  return exporter.spans;
}

/** All content on some spans. */
function contentOf(spans: SpanRecord[]): Record<string, unknown> {
  const all = spans.flatMap(({ attributes }) => Object.entries(attributes));
  return Object.fromEntries(all.filter(([name]) => CONTENT.includes(name)));
}

describe("content", () => {
  const cases: [
    what: string,
    options: ConfigureOptions,
    run: { sensitive?: boolean; env?: Record<string, string> },
    expected: string[],
  ][] = [
    ["is not exported by default", {}, {}, []],
    ["of prompts by its switch", { content: { prompts: true } }, {}, CONTENT.slice(0, 1)],
    ["of responses by its switch", { content: { responses: true } }, {}, CONTENT.slice(1, 2)],
    [
      "of tool arguments by its switch",
      { content: { toolArguments: true } },
      {},
      CONTENT.slice(2, 3),
    ],
    ["of tool output by its switch", { content: { toolOutput: true } }, {}, CONTENT.slice(3, 4)],
    ["of diffs by its switch", { content: { diffs: true } }, {}, CONTENT.slice(4)],
    ["of all by all switches", { content: ALL }, {}, CONTENT],
    ["of messages by the standard variable", {}, {
      env: { OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT: "true" },
    }, CONTENT.slice(0, 2)],
    ["of messages where the option says more than the variable", { content: { prompts: false } }, {
      env: { OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT: "true" },
    }, CONTENT.slice(1, 2)],
    ["of a run that is not sensitive data", { content: ALL }, { sensitive: false }, []],
    ["of a run that asks for it", {}, { sensitive: true }, CONTENT],
  ];
  for (const [what, options, run, expected] of cases) {
    it(what, async () => {
      const spans = await spansOf(options, run);
      assert.deepEqual(Object.keys(contentOf(spans)).sort(), [...expected].sort());
      const text = JSON.stringify(spans, (_, value) => typeof value === "bigint" ? 0 : value);
      assert.equal(text.includes("planted"), false);
    });
  }

  it("has the shapes of the conventions", async () => {
    const content = contentOf(await spansOf({ content: ALL }));
    const message = (role: string, text: string) => ({
      role,
      parts: [{ type: "text", content: text }],
    });
    assert.deepEqual(JSON.parse(String(content["gen_ai.input.messages"])), [
      message("user", "Use [redacted]"),
    ]);
    assert.deepEqual(JSON.parse(String(content["gen_ai.output.messages"])), [
      { ...message("assistant", "It was [redacted]"), finish_reason: "stop" },
    ]);
    assert.equal(content["gen_ai.tool.call.arguments"], '{"token":"[redacted]"}');
    assert.equal(content["gen_ai.tool.call.result"], '["[redacted]"]');
    assert.equal(content["codex.turn.diff"], "+[redacted]");
  });

  it("is cut to its cap, after it was masked", async () => {
    const content = contentOf(await spansOf({ content: { ...ALL, maxLength: 7 } }));
    assert.equal(content["codex.turn.diff"], "+[redac");
    const [message] = JSON.parse(String(content["gen_ai.input.messages"]));
    assert.equal(message.parts[0].content, "Use [re");
  });

  it("goes through the user's redactor, as every text does", async () => {
    const redact = (text: string) => text.replaceAll("curl", "####").replaceAll("flow", "####");
    const spans = await spansOf({ content: ALL, redact });
    const tool = spans.find(({ name }) => name === "execute_tool exec_command ####");
    assert.equal(tool?.attributes["gen_ai.tool.call.arguments"], "#### -u [redacted] x");
    assert.equal(spans.at(-1)?.attributes["codex.workflow"], "#### [redacted]");
  });
});

describe("cut()", () => {
  it("cuts no character in two", () => {
    assert.equal(cut("ab😀", 3), "ab");
    assert.equal(cut("ab😀", 4), "ab😀");
    assert.equal(cut("abc", 3), "abc");
    assert.equal(cut("abcd", 3), "abc");
  });
});
