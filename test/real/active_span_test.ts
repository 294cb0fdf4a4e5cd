/** Which span is active where the user's code runs: the real CLI, and a real context manager. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { context, trace } from "@opentelemetry/api";
import { BasicTracerProvider } from "@opentelemetry/sdk-trace-base";
import { tool } from "../../src/core/tools/tool.ts";
import { reply } from "../../src/testing/mod.ts";
import { TRANSPORTS, withJoinedCli } from "./joined_cli.ts";

const CONFIGURE = { contextManager: true };

const activeSpan = () => trace.getActiveSpan()?.spanContext().spanId;
const tick = () => new Promise((resolve) => setTimeout(resolve, 1));

describe("with a context manager that was asked for", () => {
  before(() => context.disable());
  after(() => context.disable());

  for (const transport of TRANSPORTS) {
    it(`the caller's span is the parent, and the turn's is active on request, by ${transport}`, async () => {
      await withJoinedCli({
        script: [reply.command("true"), "Done."],
        codex: { transport },
        configure: CONFIGURE,
      }, async ({ codex, thread, collector, finish }) => {
        const tracer = new BasicTracerProvider().getTracer("host");
        const seen = new Set<string | undefined>();
        const loop = new Set<string | undefined>();
        const caller = await tracer.startActiveSpan("request", async (span) => {
          await tick();
          const { events, within } = await codex.startThread(thread).runStreamed("Go");
          assert.equal(within(activeSpan), span.spanContext().spanId);
          for await (const event of events) {
            loop.add(activeSpan());
            if (event.type !== "turn.completed") {
              await within(async () => {
                await tick();
                seen.add(activeSpan());
              });
            }
          }
          return span.spanContext();
        });
        await finish();
        const turn = collector.spans.find(({ name }) => name === "invoke_agent codex");
        assert.equal(turn?.traceId, caller.traceId);
        assert.equal(turn?.parentSpanId, caller.spanId);
        assert.deepEqual([...seen], [turn?.spanId]);
        assert.deepEqual([...loop], [caller.spanId]);
      });
    });
  }

  it("the span of a tool and of an approval is active in its function", async () => {
    const active: Record<string, (string | undefined)[]> = {};
    const note = async (name: string) => {
      const first = activeSpan();
      await tick();
      active[name] = [first, activeSpan()];
    };
    const look = tool({
      name: "look",
      description: "Looks",
      inputSchema: { type: "object", properties: {} },
      async run() {
        await note("tool");
        return "seen";
      },
    });
    await withJoinedCli({
      script: [reply.command("touch a"), reply.tool("look", {}), "Done."],
      codex: { transport: "app-server" },
      configure: CONFIGURE,
    }, async ({ codex, thread, collector, finish }) => {
      const turn = await codex.startThread({
        ...thread,
        sandboxMode: "read-only",
        approvalPolicy: "untrusted",
        tools: [look],
        async approvals() {
          await note("approval");
          return "allow" as const;
        },
      }).run("Go");
      assert.equal(turn.finalResponse, "Done.");
      await finish();
      const idOf = (name: string) =>
        collector.spans.find((span) => span.name === name)?.spanId ?? assert.fail(name);
      const [approval, called] = [idOf("codex.approval"), idOf("execute_tool look")];
      assert.deepEqual(active, { approval: [approval, approval], tool: [called, called] });
    });
  });
});
