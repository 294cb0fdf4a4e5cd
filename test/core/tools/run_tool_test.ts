import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { runTool } from "../../../src/core/tools/run_tool.ts";
import { tool, type ToolContext, type ToolDefinition } from "../../../src/core/tools/tool.ts";
import { ToolStatistics } from "../../../src/core/tools/tool_metrics.ts";
import { systemClock } from "../../../src/events/clock.ts";
import { watchRejections } from "../nothing_left.ts";

const SCHEMA = {
  type: "object",
  properties: { a: { type: "number" }, tags: { type: "array", items: { type: "string" } } },
  required: ["a"],
  additionalProperties: false,
};

const CONTEXT: ToolContext = {
  signal: new AbortController().signal,
  threadId: "t",
  turnId: "u",
  callId: "c",
};

const make = (definition: Partial<ToolDefinition<Record<string, unknown>>> = {}) =>
  tool({
    name: "add",
    description: "Adds",
    inputSchema: SCHEMA,
    run: () => "done",
    ...definition,
  });

function call(
  definition: Partial<ToolDefinition<Record<string, unknown>>>,
  options: { args?: unknown; signal?: AbortSignal; statistics?: ToolStatistics } = {},
) {
  const { args = { a: 1 }, signal = CONTEXT.signal, statistics = new ToolStatistics() } = options;
  return runTool(make(definition), {
    args,
    context: { ...CONTEXT, signal },
    clock: systemClock,
    statistics,
  });
}

describe("runTool()", () => {
  const image = { type: "image", imageUrl: "data:image/png;base64,AA==" } as const;
  const text = (words: string) => [{ type: "text", text: words }];
  const results: [string, unknown, unknown][] = [
    ["text", "words", text("words")],
    ["an empty text", "", text("")],
    ["a number", 3, text("3")],
    ["false", false, text("false")],
    ["null", null, text("null")],
    ["nothing", undefined, text("null")],
    ["a function, which JSON has not", () => 1, text("null")],
    ["an object", { a: [1] }, text('{"a":[1]}')],
    ["a list", [1, "x"], text('[1,"x"]')],
    ["an empty list", [], text("[]")],
    ["pieces of content", [...text("see"), image], [...text("see"), image]],
    ["what only looks like content", [{ type: "text" }], text('[{"type":"text"}]')],
    ["a promise of it", Promise.resolve("late"), text("late")],
  ];
  for (const [name, result, content] of results) {
    it(`hands ${name} on`, async () => {
      const answer = await call({ run: () => result as string });
      assert.deepEqual(answer, { success: true, content });
    });
  }

  const bad: [string, unknown, RegExp][] = [
    ["of a wrong type", { a: "1" }, /arguments of add are invalid at \/a: .*number/],
    ["that are too few", {}, /required/],
    ["that are too many", { a: 1, b: 2 }, /b/],
    ["wrong deep inside", { a: 1, tags: ["x", 1] }, /at \/tags\/1:/],
    ["that are no object", "a=1", /at \/:/],
    ["that are missing", null, /at \/:/],
  ];
  for (const [name, args, message] of bad) {
    it(`refuses arguments ${name} without a call`, async () => {
      const answer = await call({ run: () => assert.fail("called") }, { args });
      assert.equal(answer.success, false);
      assert.match(answer.error ?? "", message);
      assert.deepEqual(answer.content, text(answer.error!));
    });
  }

  const failures: [string, () => unknown, RegExp][] = [
    ["throws", () => {
      throw new Error("broken");
    }, /^broken$/],
    ["rejects", () => Promise.reject(new Error("broken")), /^broken$/],
    ["throws no error", () => Promise.reject("words"), /^words$/],
    ["returns what JSON cannot express", () => 1n, /BigInt/],
  ];
  for (const [name, run, message] of failures) {
    it(`makes a failed call of a tool that ${name}`, async () => {
      const answer = await call({ run: run as () => string });
      assert.equal(answer.success, false);
      assert.match(answer.error ?? "", message);
    });
  }

  it("makes a failed call of a schema that cannot be used", async () => {
    const answer = await call({ inputSchema: { $ref: "#/nowhere" } });
    assert.equal(answer.success, false);
  });

  it("does not wait for a tool beyond its time, and aborts its signal", async () => {
    const rejections = watchRejections();
    let reason: unknown;
    const answer = await call({
      timeoutMs: 5,
      run: (_, { signal }) =>
        new Promise((_, reject) => {
          signal.addEventListener("abort", () => {
            reason = signal.reason;
            reject(new Error("after the end"));
          });
        }),
    });
    assert.equal(answer.error, "Tool add took longer than 5 ms.");
    assert.equal((reason as Error).message, answer.error);
    assert.deepEqual(await rejections(), []);
  });

  it("does not wait for a tool beyond its turn", async () => {
    const controller = new AbortController();
    const waiting = call({
      run: () => {
        controller.abort(new Error("The turn is over."));
        return new Promise(() => {});
      },
    }, { signal: controller.signal });
    assert.deepEqual([(await waiting).success, (await waiting).error], [
      false,
      "The turn is over.",
    ]);
    const late = await call({ run: () => new Promise(() => {}) }, { signal: AbortSignal.abort() });
    assert.equal(late.success, false);
  });

  it("tells the tool of its call", async () => {
    let seen: ToolContext | undefined;
    await call({ run: (args, context) => (seen = context, args) });
    const { signal, ...ids } = seen!;
    assert.deepEqual(ids, { threadId: "t", turnId: "u", callId: "c" });
    assert.equal(signal.aborted, false);
  });

  it("counts calls by tool", async () => {
    const statistics = new ToolStatistics();
    assert.deepEqual(statistics.metrics(), {});
    await call({}, { statistics });
    await call({ run: () => Promise.reject(new Error("first")) }, { statistics });
    await call({}, { statistics, args: {} });
    const { add } = statistics.metrics();
    assert.deepEqual([add?.success, add?.failure], [1, 2]);
    assert.match(add?.lastError ?? "", /required/);
    assert.ok(add!.totalLatencyMs >= add!.lastLatencyMs && add!.lastLatencyMs >= 0);
    add!.success = 100;
    assert.equal(statistics.metrics()["add"]?.success, 1);
    statistics.resetMetrics();
    assert.deepEqual(statistics.metrics(), {});
  });
});

describe("tool()", () => {
  const refused: [string, unknown][] = [
    ["no name", { name: "" }],
    ["a name with a space", { name: "a b" }],
    ["a name that is too long", { name: "a".repeat(65) }],
    ["no description", { description: undefined }],
    ["a schema that is none", { inputSchema: [] }],
    ["a schema that JSON cannot express", { inputSchema: { default: 1n } }],
    ["nothing to run", { run: "rm" }],
    ["a time limit in words", { timeoutMs: "2s" }],
  ];
  for (const [name, part] of refused) {
    it(`refuses ${name}`, () => {
      assert.throws(() => make(part as Record<string, never>), TypeError);
    });
  }
  it("refuses a time limit that no timer can keep", () => {
    for (const timeoutMs of [0, Infinity, 2 ** 31]) {
      assert.throws(() => make({ timeoutMs }), RangeError);
    }
  });
});
