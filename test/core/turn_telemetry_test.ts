import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { TurnTelemetry } from "../../src/core/turn_telemetry.ts";
import type { RunFacts } from "../../src/core/turn_telemetry.ts";
import { UsageLedger } from "../../src/core/usage_ledger.ts";
import { CodexError } from "../../src/errors.ts";
import { EventBus } from "../../src/events/bus.ts";
import type { AnyThreadEvent } from "../../src/protocol/events.ts";
import { eventKind } from "../../src/protocol/kinds.ts";
import { captureEvents } from "../../src/testing/mod.ts";

type Wire = { type: string; [field: string]: unknown };

/** A run on a clock that stands still unless it is told. */
async function createRun(facts: Partial<RunFacts> = {}) {
  const ledger = new UsageLedger(true);
  await ledger.beginTurn(() => Promise.resolve(undefined));
  const bus = new EventBus();
  const capture = captureEvents(bus);
  const time = { ms: 0 };
  const run = new TurnTelemetry({
    sink: bus,
    clock: { monotonicMs: () => time.ms, wallMs: () => 1_000 + time.ms },
    ledger,
    transport: "exec",
    input: "prompt",
    trace: {},
    ...facts,
  });
  await run.load();
  const see = (...events: Wire[]) => {
    for (const event of events) {
      run.observe(eventKind(event.type), event as unknown as AnyThreadEvent);
    }
  };
  return { bus, capture, time, run, see };
}

type Run = Awaited<ReturnType<typeof createRun>>;

/** The events so far, without what all of them have in common. */
function told({ capture, run }: Run) {
  return capture.events.map(({ name, measurements, metadata }) => {
    const { originator, span_token, ...rest } = metadata as unknown as Record<string, unknown>;
    assert.deepEqual([originator, span_token], ["sdk", run.metadata.span_token]);
    return { name, measurements: { ...measurements }, metadata: rest };
  });
}

const at = (system_time: number) => ({ system_time });
const took = (ms: number, system_time: number) => ({
  duration: ms * 1e6,
  duration_ms: ms,
  system_time,
});

describe("TurnTelemetry", () => {
  it("announces a plain turn: its start, its usage, its end", async () => {
    const test = await createRun({
      model: "m",
      source: "ci",
      trace: { workflow: "w", trace_sensitive: false },
    });
    const { run, time, see } = test;
    const trace = { workflow: "w", trace_sensitive: false };
    run.start();
    time.ms = 5;
    see({ type: "thread.started", thread_id: "t1" }, { type: "turn.started", turn_id: "u1" });
    see({ type: "item.completed", item: { id: "1", type: "agent_message", text: "Hi" } });
    time.ms = 7;
    see({ type: "turn.completed", usage: { input_tokens: 9, output_tokens: 0 } });
    time.ms = 7.25;
    run.stop({ result: "ok" }, { pid: 4, exit_code: 0, signal: null });
    const ids = { thread_id: "t1", turn_id: "u1", source: "ci" };
    assert.deepEqual(told(test), [
      {
        name: "codex.thread.start",
        measurements: at(1_000),
        metadata: { source: "ci", ...trace, input: "prompt", transport: "exec", model: "m" },
      },
      {
        name: "codex.thread.token_usage.updated",
        measurements: at(1_007),
        metadata: {
          ...ids,
          usage: { input_tokens: 9, output_tokens: 0 },
          delta: { input_tokens: 9, output_tokens: 0 },
        },
      },
      {
        name: "codex.thread.stop",
        measurements: took(7.25, 1_007.25),
        metadata: {
          ...ids,
          ...trace,
          transport: "exec",
          usage: {
            input_tokens: 9,
            cached_input_tokens: 0,
            cache_write_input_tokens: 0,
            output_tokens: 0,
            reasoning_output_tokens: 0,
          },
          process: { pid: 4, exit_code: 0, signal: null },
          result: "ok",
          output: "Hi",
        },
      },
    ]);
  });

  it("has exactly one end, the first", async () => {
    const test = await createRun();
    test.run.stop({ result: "ok" }, undefined);
    assert.deepEqual(told(test), [], "an end without a start");
    test.run.start();
    test.run.exception(new Error("one"), undefined);
    test.run.exception(new Error("two"), undefined);
    test.run.stop({ result: "ok" }, undefined);
    assert.deepEqual(test.capture.names, ["codex.thread.start", "codex.thread.exception"]);
  });

  it("announces an error by its code, and a stranger by its name", async () => {
    const reasons = [
      [new CodexError("timeout", "late", { details: { kind: "idle", timeoutMs: 1 } }), "timeout"],
      [new TypeError("odd"), "TypeError"],
    ] as const;
    for (const [reason, code] of reasons) {
      const test = await createRun();
      test.run.start();
      test.run.exception(reason, undefined);
      assert.deepEqual(told(test)[1]?.metadata, {
        transport: "exec",
        result: "error",
        reason,
        error: { code, message: reason.message },
      });
    }
  });

  it("announces a turn that failed, and one that was left early", async () => {
    const error = { code: "turn_failed", message: "no" };
    const failed = await createRun();
    failed.run.start();
    failed.run.stop({ result: "error", error }, undefined);
    assert.deepEqual(told(failed)[1]?.metadata, { transport: "exec", result: "error", error });
    const left = await createRun({ threadId: "t1" });
    left.run.start();
    left.run.stop({ result: "early_exit" }, undefined);
    assert.deepEqual(told(left)[1]?.metadata, {
      thread_id: "t1",
      transport: "exec",
      result: "early_exit",
      early_exit: true,
    });
  });

  it("takes ids, the source and labels from the stream as they come", async () => {
    const test = await createRun({ source: "mine", labels: { team: "web", a: "-" } });
    const source = { kind: "ci" };
    test.see({ type: "turn.diff.updated", diff: "-" });
    test.see({
      type: "thread.started",
      thread_id: "t1",
      metadata: { source, labels: { a: "b", n: 1 } },
    });
    const labels = { team: "web", a: "b" };
    test.see({ type: "turn/diff/updated", diff: "+", turnId: "u1" });
    test.see({ type: "turn.started", turn_id: "u2" });
    test.see({ type: "rate_limit.updated", rate_limits: [1] });
    test.see({ type: "account/rateLimits/updated", rateLimits: [2] });
    assert.deepEqual(told(test), [
      {
        name: "codex.turn.diff.updated",
        measurements: at(1_000),
        metadata: { source: "mine", labels: { team: "web", a: "-" }, diff: "-" },
      },
      {
        name: "codex.turn.diff.updated",
        measurements: at(1_000),
        metadata: { thread_id: "t1", turn_id: "u1", source, labels, diff: "+" },
      },
      {
        name: "codex.rate_limit.updated",
        measurements: at(1_000),
        metadata: { thread_id: "t1", turn_id: "u2", source, labels, rate_limits: [1] },
      },
      {
        name: "codex.rate_limit.updated",
        measurements: at(1_000),
        metadata: { thread_id: "t1", turn_id: "u2", source, labels, rate_limits: [2] },
      },
    ]);
  });

  it("announces what the CLI warns of, and leaves the error that ends the turn to its end", async () => {
    const test = await createRun({ threadId: "t" });
    test.see(
      { type: "error", message: "Again.", will_retry: true, code: "other", turn_id: "u" },
      { type: "error", message: "Broken.", will_retry: false },
      { type: "item.completed", item: { id: "1", type: "error", message: "Careful." } },
      { type: "item.completed", item: { id: "2", type: "agent_message", text: "Hi" } },
    );
    const at1000 = { name: "codex.turn.warning", measurements: at(1_000) };
    const ids = { thread_id: "t", turn_id: "u" };
    assert.deepEqual(told(test), [
      { ...at1000, metadata: { ...ids, kind: "retry", message: "Again.", code: "other" } },
      { ...at1000, metadata: { ...ids, kind: "warning", message: "Careful." } },
    ]);
  });

  it("announces each total once, with what was added", async () => {
    const test = await createRun();
    const updated = "thread/tokenUsage/updated";
    test.see({ type: updated, usage: { input_tokens: 10 }, context_window: 1_000 });
    test.see({ type: updated, usage: { input_tokens: 25 }, delta: { input_tokens: 16 } });
    test.see({ type: "turn.completed", usage: { input_tokens: 25 } });
    test.see({ type: updated, usage: {} }, { type: updated });
    assert.deepEqual(told(test).map(({ metadata }) => metadata), [
      { usage: { input_tokens: 10 }, delta: { input_tokens: 10 }, context_window: 1_000 },
      { usage: { input_tokens: 25 }, delta: { input_tokens: 16 } },
    ]);
  });

  it("tells no usage for a run that told none", async () => {
    const test = await createRun();
    test.run.start();
    test.run.stop({ result: "ok" }, undefined);
    assert.deepEqual(told(test)[1]?.metadata, { transport: "exec", result: "ok" });
  });

  it("announces compaction, as an event or as an item", async () => {
    const test = await createRun();
    const compaction = { token_savings: 42 };
    const item = { id: "c", type: "contextCompaction" };
    test.see({ type: "turn/compaction/started" });
    test.see({ type: "turn/compaction/completed", compaction });
    test.see({ type: "turn.compaction.failed", compaction: { tokenSavings: 0 } });
    test.see({ type: "turn.compaction.paused" });
    test.see({ type: "item.started", item }, { type: "item.completed", item });
    assert.deepEqual(
      told(test),
      [
        ["started", {}, {}],
        ["completed", { token_savings: 42 }, { compaction }],
        ["failed", { token_savings: 0 }, { compaction: { tokenSavings: 0 } }],
        ["unknown", {}, {}],
        ["started", {}, { compaction: item }],
        ["completed", {}, { compaction: item }],
      ].map(([stage, measured, rest]) => ({
        name: `codex.turn.compaction.${String(stage)}`,
        measurements: { system_time: 1_000, ...measured as object },
        metadata: { stage, ...rest as object },
      })),
    );
  });

  it("finds the answer in any spelling, and in the end of the turn where no message was", async () => {
    const message = (type: string, text: string) => ({
      type: "item.completed",
      item: { id: "1", type, text },
    });
    const completed = { type: "turn.completed", final_response: { type: "text", text: "last" } };
    const cases: [Wire[], string | undefined][] = [
      [[message("agent.message", "a"), message("agentMessage", "b")], "b"],
      [[message("agent_message", "a"), completed], "a"],
      [[completed], "last"],
      [[], undefined],
    ];
    for (const [events, output] of cases) {
      const test = await createRun();
      test.run.start();
      test.see(...events);
      test.run.stop({ result: "ok" }, undefined);
      assert.equal(test.capture.named("codex.thread.stop")[0]?.metadata.output, output);
    }
  });

  it("takes unknown and damaged events without complaint, and tells nothing of them", async () => {
    const test = await createRun();
    test.see({ type: "something/from/the.future", payload: 1 }, { type: "item.started" });
    test.see({ type: "item.completed", item: null }, { type: "item.updated", item: { id: 1 } });
    test.see({ type: "turn.completed", usage: null }, { type: "thread.started", thread_id: 7 });
    assert.deepEqual(told(test), []);
  });

  it("ends the tools that are open before the run itself", async () => {
    const test = await createRun();
    test.run.start();
    const item = { id: "1", type: "command_execution", command: "ls" };
    test.see({ type: "item.started", item });
    test.run.exception(new Error("gone"), undefined);
    assert.deepEqual(test.capture.names, [
      "codex.thread.start",
      "codex.tool.start",
      "codex.tool.failure",
      "codex.thread.exception",
    ]);
  });
});
