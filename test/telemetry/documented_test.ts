import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { before, describe, it } from "node:test";
import { createTelemetry } from "../../src/telemetry/instance.ts";
import type { SemconvMode } from "../../src/telemetry/options.ts";
import { type OtlpReceiver, otlpReceiver } from "../../src/testing/mod.ts";
import { Scenario } from "./scenario.ts";
import { wholeRun } from "./whole_run.ts";

const PAGE = readFileSync(new URL("../../docs/spans.md", import.meta.url), "utf8");

/** Cells of the rows below a heading, without the marks of code. */
function rowsBelow(heading: string): string[][] {
  const [, section = ""] = PAGE.split(`\n## ${heading}\n`);
  const [text = ""] = section.split("\n## ");
  return text.split("\n").filter((line) => line.startsWith("| ")).map((line) =>
    line.slice(2).split(/ +\| ?/).map((cell) => cell.replaceAll("`", ""))
  );
}

const namesBelow = (heading: string) =>
  rowsBelow(heading).map(([name = ""]) => name).filter((name) => name.includes("."));

/** Runs in which everything is said that can be said. */
function playAll(telemetry: ReturnType<typeof createTelemetry>): void {
  const call = { tool: "t", tool_type: "mcp", call_id: "m" } as const;
  const mcp = { server_name: "s", tool: "t", call_id: "m", attempt: 1 };
  const approval = { tool: "t", kind: "command", call_id: "a" };
  const trace = { workflow: "w", group: "g", trace_id: "t", trace_sensitive: true };
  wholeRun(telemetry);
  new Scenario(telemetry, { span_token: "remote" })
    .start({ ...trace, conversation_id: "c", server_address: "h", server_port: 1, model: "m" })
    .know({ thread_id: "th", turn_id: "tu", source: "s", labels: { team: "web" } })
    .emit("codex.tool.start", { ...call, input: {} })
    .emit("codex.mcp.tool_call.start", mcp)
    .end("codex.mcp.tool_call.success", 1, mcp)
    .end("codex.tool.failure", 1, { ...call, error: { code: "turn_ended", message: "" } })
    .emit("codex.turn.compaction.failed", { stage: "failed" })
    .emit("codex.turn.warning", { kind: "retry", message: "", code: "c", http_status: 503 })
    .emit("codex.thread.token_usage.updated", { usage: {}, context_window: 9 })
    .stop(1, { early_exit: true, response_model: "m", usage: { input_tokens: 1 } });
  const reason = new Error("no");
  const error = { code: "Error", message: "no" };
  new Scenario(telemetry, { span_token: "broken" }).start()
    .emit("codex.approval.requested", approval)
    .end("codex.thread.exception", 1, { result: "error", transport: "exec", reason, error });
  new Scenario(telemetry, { span_token: "cut off" }).start()
    .emit("codex.turn.compaction.started", { stage: "started" });
}

async function receive(semconv: SemconvMode): Promise<OtlpReceiver> {
  const receiver = await otlpReceiver();
  const telemetry = createTelemetry({ env: () => Promise.resolve({}) });
  const on = { prompts: true, responses: true, diffs: true };
  await telemetry.configure({
    enabled: true,
    endpoint: receiver.url,
    signals: ["traces", "metrics"],
    content: { ...on, toolArguments: true, toolOutput: true },
    semconv,
  });
  playAll(telemetry);
  await telemetry.shutdown();
  await receiver.close();
  return receiver;
}

const sorted = (names: Iterable<string>) => [...new Set(names)].sort();

/** Names that hold a name of somebody's choice, as the page writes them. */
const general = (name: string) =>
  name.replace(/^(codex\.(labels|usage\.total|usage\.delta)\.).*/, "$1NAME");

describe("docs/spans.md", () => {
  let received: OtlpReceiver[] = [];
  before(async () => {
    received = [await receive("default"), await receive("gen_ai_latest_experimental")];
  });
  const spans = () => received.flatMap((receiver) => receiver.spans);
  const content = new Set(namesBelow("Content on spans"));

  const kinds: [heading: string, name: RegExp][] = [
    ["invoke_agent codex", /^invoke_agent codex$/],
    ["execute_tool TOOL [PROGRAM]", /^execute_tool /],
    ["codex.approval", /^codex\.approval$/],
    ["codex.compaction", /^codex\.compaction$/],
  ];
  for (const [heading, pattern] of kinds) {
    it(`names exactly the attributes of ${heading}`, () => {
      const found = spans().filter(({ name }) => pattern.test(name));
      const names = found.flatMap(({ attributes }) => Object.keys(attributes));
      const exported = sorted(names.filter((name) => !content.has(name)).map(general));
      assert.deepEqual(exported, sorted(namesBelow(heading)));
    });
  }

  it("names all kinds of spans", () => {
    for (const { name } of spans()) assert.ok(kinds.some(([, kind]) => kind.test(name)), name);
  });

  it("names exactly the content", () => {
    const names = spans().flatMap(({ attributes }) => Object.keys(attributes));
    assert.deepEqual(sorted(names.filter((name) => content.has(name))), sorted(content));
  });

  it("names exactly the events on spans, and their attributes", () => {
    const events = spans().flatMap(({ events }) => events);
    const names = events.flatMap(({ name, attributes }) => [name, ...Object.keys(attributes)]);
    const told = rowsBelow("Events of a turn's span").slice(2).flatMap((row) => row.slice(0, 2));
    assert.deepEqual(sorted(names.map(general)), sorted(told.filter((name) => name !== "")));
  });

  it("names exactly the metrics, and their attributes", () => {
    const metrics = received.flatMap((receiver) => receiver.metrics);
    const names = metrics.flatMap(({ name, points }) => [
      name,
      ...points.flatMap(({ attributes }) => Object.keys(attributes)),
    ]);
    const told = rowsBelow("Metrics").flatMap((row) => row.slice(0, 2))
      .filter((cell) => /^[a-z_]+\.[a-z_.]+$/.test(cell));
    assert.deepEqual(sorted(names), sorted(told));
  });
});
