import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { tool } from "../../src/core/tools/tool.ts";
import type { TelemetryEvent } from "../../src/events/catalogue.ts";
import type { SpanRecord } from "../../src/telemetry/span_record.ts";
import { reply } from "../../src/testing/mod.ts";
import { askingThread, inTurn, NEVER, shopThread, withShop } from "./app_server_shop.ts";

const PATCH = "*** Begin Patch\n*** Add File: patched.txt\n+patched\n*** End Patch";

const ADD_SCHEMA = {
  type: "object",
  properties: { a: { type: "number" }, b: { type: "number" } },
  required: ["a", "b"],
};

/** An event as a line: its name, and what tells it from others of the name. */
function lineOf({ name, metadata }: TelemetryEvent): string {
  const { tool, kind } = metadata as { tool?: string; kind?: string };
  return [name.replace("codex.", ""), tool, kind].filter((part) => part).join(" ");
}

/** What comes now and then: a warning tells of the machine that the CLI runs on. */
const NOISE = /^codex\.(thread\.token_usage\.|rate_limit\.|turn\.warning$)/;

describe("a turn of the real app-server", () => {
  it("announces everything in order, with ids, and makes a tree of spans of it", async () => {
    const script = [
      reply.command("touch allowed.txt"),
      reply.command("touch denied.txt"),
      reply.command("touch late.txt"),
      reply.patch(PATCH),
      reply.tool("add", { a: 1, b: 2 }),
      reply.tool("add", { a: "one" }),
      "Done.",
    ];
    await withShop(script, async ({ codex, folder, capture, spans, model, statistics, open }) => {
      const parents: string[] = [];
      const add = tool<{ a: number; b: number }>({
        name: "add",
        description: "Adds two numbers",
        inputSchema: ADD_SCHEMA,
        run({ a, b }, context) {
          assert.equal(context.threadId, thread.id);
          assert.match(context.turnId, /./);
          assert.match(context.callId, /./);
          assert.equal(context.signal.aborted, false);
          parents.push(context.traceparent ?? "");
          return { sum: a + b };
        },
      });
      const thread = codex.startThread({
        ...askingThread(folder),
        metadata: { source: "test" },
        tools: [add],
        approvalTimeoutMs: 200,
        approvals(request) {
          const command = request.kind === "command" ? request.command ?? "" : "";
          if (command.includes("late.txt")) return new Promise(() => {});
          return command.includes("denied.txt") ? { deny: "not this one" } : "allow";
        },
      });
      const turn = await thread.run("Do it");

      assert.deepEqual(model.problems, []);
      assert.equal(turn.finalResponse, "Done.");
      assert.equal(turn.threadId, thread.id);
      assert.ok(turn.turnId);
      assert.deepEqual([turn.usage?.input_tokens, turn.turnUsage?.input_tokens], [700, 700]);
      assert.equal(readFileSync(join(folder, "patched.txt"), "utf8"), "patched\n");
      assert.deepEqual(
        turn.items.map((item) => [item.type, (item as { status?: string }).status]),
        [
          ["command_execution", "completed"],
          ["command_execution", "failed"],
          ["command_execution", "failed"],
          ["file_change", "completed"],
          ["dynamic_tool_call", "completed"],
          ["dynamic_tool_call", "failed"],
          ["agent_message", undefined],
        ],
      );

      const told = capture.events.filter(({ name }) => !NOISE.test(name));
      const exec = ["tool.start exec_command", "approval.requested exec_command command"];
      const diffs = told.filter(({ name }) => name === "codex.turn.diff.updated");
      assert.ok(diffs.length > 0);
      assert.deepEqual(told.filter((event) => !diffs.includes(event)).map(lineOf), [
        "thread.start",
        "process.start",
        ...exec,
        "approval.approved exec_command command",
        "tool.success exec_command",
        ...exec,
        "approval.denied exec_command command",
        "tool.failure exec_command",
        ...exec,
        "approval.timeout exec_command command",
        "tool.failure exec_command",
        "tool.start apply_patch",
        "approval.requested apply_patch file_change",
        "approval.approved apply_patch file_change",
        "tool.success apply_patch",
        "tool.start add",
        "tool.success add",
        "tool.start add",
        "tool.failure add",
        "thread.stop",
      ]);
      for (const { name, metadata } of capture.events) {
        if (name.startsWith("codex.process.")) continue;
        const { thread_id, turn_id, source, originator } = metadata as never;
        assert.deepEqual([originator, source], ["sdk", "test"]);
        if (name === "codex.thread.start") continue;
        assert.deepEqual([thread_id, turn_id], [thread.id, turn.turnId], name);
      }
      const usages = capture.named("codex.thread.token_usage.updated");
      assert.equal(usages.at(-1)?.metadata.usage.input_tokens, 700);
      const added = usages.reduce((sum, { metadata }) => sum + metadata.delta!.input_tokens!, 0);
      assert.equal(added, 700);
      assert.ok(usages[0]!.metadata.context_window! > 0);
      assert.ok(capture.named("codex.rate_limit.updated").length > 0);
      const [denied] = capture.named("codex.approval.denied");
      assert.deepEqual([denied?.metadata.decision, denied?.metadata.reason], [
        "deny",
        "not this one",
      ]);

      const { add: counts } = statistics.metrics();
      assert.deepEqual([counts?.success, counts?.failure], [1, 1]);
      assert.match(counts?.lastError ?? "", /invalid at/);
      assert.match(JSON.stringify(model.requests.at(-1)?.body["input"]), /invalid at/);
      const [call] = spans().filter(({ name }) => name === "execute_tool add");
      assert.deepEqual(parents, [`00-${call!.traceId}-${call!.spanId}-01`]);
      assertTree(spans());
      assertTimes(spans(), capture.events);
      assert.deepEqual(open(), { turns: 0, requests: 0, threads: 1 });
    });
  });

  it("goes by rules, asks for a session once, and denies where nobody is given", async () => {
    const script = [
      reply.command("touch one"),
      reply.command("touch one"),
      reply.command("touch two"),
      "Done.",
      reply.command("touch three"),
      "Denied.",
      reply.command("touch four"),
      "Denied.",
    ];
    await withShop(script, async ({ codex, folder, capture }) => {
      const ruled = codex.startThread({
        ...askingThread(folder),
        approvals: [{ kind: "command", command: /touch one/, answer: "allow-session" }],
      });
      const { items } = await ruled.run("Do it");
      assert.deepEqual(items.map((item) => (item as { exit_code?: number | null }).exit_code), [
        0,
        0,
        null,
        undefined,
      ]);
      assert.deepEqual(capture.named("codex.approval.requested").length, 2);

      for (const approvals of [{}, { approvals: "deny" as const }]) {
        capture.clear();
        await codex.startThread({ ...askingThread(folder), ...approvals }).run("Do it");
        const [denied] = capture.named("codex.approval.denied");
        assert.equal(denied?.metadata.decision, "deny");
      }
    });
  });

  it("asks about the tools of MCP servers, answers their forms, and asks for permissions", async () => {
    const fixture = (name: string) => join(import.meta.dirname!, "..", "fixtures", name);
    const book = reply.tool("book", {}, { namespace: "mcp__forms" });
    const forecast = reply.tool("forecast", { city: "Oslo" }, { namespace: "mcp__weather" });
    const permissions = reply.tool("request_permissions", {
      reason: "The build needs it",
      permissions: { network: { enabled: true } },
    });
    const script = [book, forecast, forecast, permissions, "Done."];
    const server = (name: string) => ({ command: "node", args: [fixture(name)] });
    await withShop(script, async ({ codex, folder, capture, model }) => {
      const asked: string[] = [];
      const thread = codex.startThread({
        ...shopThread(folder),
        sandboxMode: "workspace-write",
        approvalPolicy: "on-request",
        approvals(request) {
          asked.push(`${request.kind} ${request.tool}`);
          return request.tool === "forecast" ? "allow-session" : "allow";
        },
      });
      const turn = await thread.run("Do it");
      assert.equal(turn.finalResponse, "Done.");
      assert.deepEqual(model.problems, []);
      assert.deepEqual(asked, [
        "elicitation book",
        "elicitation book",
        "elicitation forecast",
        "permissions request_permissions",
      ]);
      const [formDenied, ...others] = capture.named("codex.approval.denied");
      assert.match(formDenied?.metadata.reason ?? "", /form wants answers/);
      assert.deepEqual(others, []);
      assert.equal(capture.named("codex.approval.approved").length, 3);
      const calls = capture.named("codex.mcp.tool_call.success");
      assert.deepEqual(calls.map(({ metadata: { server_name, tool } }) => [server_name, tool]), [
        ["forms", "book"],
        ["weather", "forecast"],
        ["weather", "forecast"],
      ]);
    }, {
      config: {
        mcp_servers: { forms: server("forms_mcp.cjs"), weather: server("weather_mcp.cjs") },
        features: { request_permissions_tool: true },
      },
    });
  });

  it("compacts, is steered, is interrupted, and goes on", async () => {
    const script = [
      "First.",
      "A summary.",
      NEVER,
      reply.command("sleep 0.3"),
      "Steered.",
      "Last.",
    ];
    await withShop(inTurn(script), async ({ codex, folder, capture, model, spans, open }) => {
      const thread = codex.startThread(shopThread(folder));
      await thread.run("Go");
      await thread.compact();
      assert.deepEqual(
        capture.names.filter((name) => name.startsWith("codex.turn.compaction.")),
        ["codex.turn.compaction.started", "codex.turn.compaction.completed"],
      );
      const [compaction] = spans().filter(({ name }) => name === "codex.compaction");
      assert.ok(spans().some(({ spanId }) => spanId === compaction?.parentSpanId));

      const interrupted = thread.run("Go on");
      await model.waitForRequests(3);
      await thread.interrupt();
      assert.equal((await interrupted).finalResponse, "");
      assert.equal(capture.named("codex.thread.stop").at(-1)?.metadata.result, "early_exit");

      const steered = thread.run("Sleep");
      await capture.waitFor("codex.tool.start");
      await thread.steer("And hurry");
      assert.equal((await steered).finalResponse, "Steered.");
      assert.match(JSON.stringify(model.requests[4]?.body["input"]), /And hurry/);
      assert.equal((await thread.run("Go on")).finalResponse, "Last.");
      assert.deepEqual(open(), { turns: 0, requests: 0, threads: 1 });
    });
  });
});

/** One trace: a turn, and in it everything that it did, within its times. */
function assertTree(spans: readonly SpanRecord[]): void {
  const [root, ...more] = spans.filter(({ name }) => name === "invoke_agent codex");
  assert.ok(root && more.length === 0);
  const children = spans.filter((span) => span !== root);
  assert.deepEqual(children.map(({ name }) => name).sort(), [
    ...Array.from({ length: 4 }, () => "codex.approval"),
    ...Array.from({ length: 2 }, () => "execute_tool add"),
    "execute_tool apply_patch",
    ...Array.from({ length: 3 }, () => "execute_tool exec_command touch"),
  ]);
  for (const child of children) {
    assert.equal(child.traceId, root.traceId);
    assert.equal(child.parentSpanId, root.spanId);
    assert.ok(BigInt(child.startUnixNano) >= BigInt(root.startUnixNano), child.name);
    assert.ok(BigInt(child.endUnixNano) >= BigInt(child.startUnixNano), child.name);
    assert.ok(BigInt(child.endUnixNano) <= BigInt(root.endUnixNano), child.name);
  }
  assert.equal(new Set(spans.map(({ spanId }) => spanId)).size, spans.length);
}

/** Whole microseconds: a number of milliseconds since the epoch tells no less. */
const micros = (ms: number) => Math.round(ms * 1_000);

/** The spans of calls and approvals begin and end when their events say so. */
function assertTimes(spans: readonly SpanRecord[], events: readonly TelemetryEvent[]): void {
  const of = (name: RegExp, call: unknown) =>
    events.find((event) => name.test(event.name) && callOf(event) === call);
  const children = spans.filter(({ name }) => name !== "invoke_agent codex");
  for (const { name, attributes, startUnixNano, endUnixNano } of children) {
    const isApproval = name === "codex.approval";
    const call = attributes[isApproval ? "codex.tool.call_id" : "gen_ai.tool.call.id"];
    const start = of(isApproval ? /approval\.requested$/ : /tool\.start$/, call);
    const end = of(
      isApproval ? /approval\.(approved|denied|timeout)$/ : /tool\.(success|failure)$/,
      call,
    );
    assert.ok(start && end && "duration_ms" in end.measurements, name);
    const { system_time } = start.measurements as { system_time: number };
    const [from, to] = [startUnixNano, endUnixNano].map((nanos) => Number(BigInt(nanos) / 1_000n));
    assert.ok(Math.abs(from! - micros(system_time)) <= 2, `${name} from ${from}`);
    const took = micros(end.measurements.duration_ms);
    assert.ok(Math.abs(to! - from! - took) <= 2, `${name} took ${to! - from!}, not ${took}`);
  }
}

function callOf({ metadata }: TelemetryEvent): unknown {
  return (metadata as { call_id?: string }).call_id;
}
