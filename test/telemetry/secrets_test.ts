/** A secret planted in every text of every event, and what of it reaches a collector. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { CodexError } from "../../src/errors.ts";
import type { EventBus } from "../../src/events/bus.ts";
import { createTelemetry } from "../../src/telemetry/instance.ts";
import type { ConfigureOptions } from "../../src/telemetry/options.ts";
import { otlpReceiver } from "../../src/testing/mod.ts";
import { Scenario } from "./scenario.ts";

/** Built from parts, so that no scanner takes this file for a leak. */
const KEY = "sk-" + "planted0123456789abcdef";

/** What only the user knows to be a secret. */
const OWN = "hush-4711";

const SECRET = `a ${KEY} and ${OWN}`;

const ALL = { prompts: true, responses: true, toolArguments: true, toolOutput: true, diffs: true };

/** A run whose texts are all the secret, and which ends by an error. */
function plant(bus: EventBus): void {
  const error = { code: SECRET, message: SECRET };
  const source = { [SECRET]: SECRET, nested: { [SECRET]: SECRET } };
  const tool = { tool: SECRET, tool_type: "command", call_id: SECRET, input: `${SECRET} x` };
  const mcp = { server_name: SECRET, tool: SECRET, call_id: `m${SECRET}`, attempt: 1 };
  const approval = { tool: SECRET, kind: SECRET, call_id: SECRET };
  const command = { pid: 7, command: SECRET };
  const reason = new CodexError("exec_failed", SECRET, {
    details: { exitCode: 1, signal: null, stderr: SECRET },
  });
  const ids = { thread_id: SECRET, turn_id: SECRET, source };
  new Scenario(bus, ids)
    .start({
      input: SECRET,
      model: SECRET,
      workflow: SECRET,
      group: SECRET,
      conversation_id: SECRET,
      server_address: SECRET,
      labels: { [SECRET]: SECRET },
    })
    .emit("codex.process.start", command)
    .emit("codex.tool.start", tool)
    .emit("codex.approval.requested", approval)
    .at(1).end("codex.approval.denied", 1, { ...approval, decision: SECRET, reason: SECRET })
    .end("codex.tool.failure", 1, { ...tool, output: SECRET, error })
    .emit("codex.mcp.tool_call.start", { ...mcp, arguments: { [SECRET]: SECRET } })
    .end("codex.mcp.tool_call.failure", 1, { ...mcp, output: SECRET, error })
    .emit("codex.turn.compaction.started", { stage: "started", compaction: SECRET })
    .emit("codex.turn.compaction.failed", { stage: "failed", compaction: SECRET })
    .emit("codex.turn.diff.updated", { diff: SECRET })
    .emit("codex.turn.warning", { kind: "retry", message: SECRET, code: SECRET })
    .emit("codex.rate_limit.updated", { rate_limits: { [SECRET]: [SECRET] } })
    .end("codex.process.stop", 1, { ...command, exit_code: null, signal: SECRET })
    .end("codex.thread.exception", 1, {
      transport: "exec",
      result: "error",
      reason,
      error,
      labels: { [SECRET]: SECRET },
    });
  // One that was open when its turn ended in order, with an answer.
  new Scenario(bus, { ...ids, span_token: "run-2" }).start({ input: SECRET, model: SECRET })
    .emit("codex.tool.start", tool)
    .at(1).stop(1, { output: SECRET, response_model: SECRET, result: "error", error });
}

/** Everything that is sent. */
async function sentWith(options: ConfigureOptions): Promise<string> {
  const receiver = await otlpReceiver();
  const telemetry = createTelemetry({ env: () => Promise.resolve({}) });
  await telemetry.configure({
    enabled: true,
    endpoint: receiver.url,
    compression: "none",
    signals: ["traces", "metrics", "logs"],
    resource: { "service.name": SECRET, "deployment.url": `https://user:${OWN}@host/` },
    ...options,
  });
  plant(telemetry);
  await telemetry.shutdown();
  assert.deepEqual([...new Set(receiver.requests.map(({ path }) => path))].sort(), [
    "/v1/logs",
    "/v1/metrics",
    "/v1/traces",
  ]);
  await receiver.close();
  return receiver.requests.map(({ body }) => JSON.stringify(body)).join("\n");
}

describe("a secret in every text of a run", () => {
  const redact = (text: string) => text.replaceAll(OWN, "[mine]");
  const cases: [what: string, options: ConfigureOptions][] = [
    ["by default", {}],
    ["with all content", { content: ALL }],
    ["with the newest names", { content: ALL, semconv: "gen_ai_latest_experimental" }],
  ];
  for (const [what, options] of cases) {
    it(`reaches no collector, in no signal: ${what}`, async () => {
      const sent = await sentWith({ ...options, redact });
      assert.deepEqual(sent.match(/.{0,80}(planted|hush).{0,20}/g), null);
      assert.ok(sent.includes("a [redacted] and [mine]"));
    });
  }

  it("is seen by the user's function only after the built-in one", async () => {
    const seen: string[] = [];
    const sent = await sentWith({
      content: ALL,
      redact(text) {
        seen.push(text);
        return text;
      },
    });
    assert.ok(seen.length > 50);
    assert.equal(seen.some((text) => text.includes(KEY)), false);
    assert.ok(sent.includes("a [redacted] and hush-4711"));
  });
});
