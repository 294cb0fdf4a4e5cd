import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { CodexError, isCodexError } from "../../src/errors.ts";
import { EventBus } from "../../src/events/bus.ts";
import type { RunMetadata } from "../../src/events/catalogue.ts";
import { attachDefaultLogger, type DefaultLoggerOptions } from "../../src/events/default_logger.ts";

const RUN: RunMetadata = { originator: "sdk", span_token: "s", thread_id: "th", turn_id: "tu" };
const START = { system_time: 1_700_000_000_000.5 };
const END = { ...START, duration: 12_345_678, duration_ms: 12.345678 };

/** What the default logger writes, as `[level, line]`, of a bus that it is attached to. */
function logged(options: DefaultLoggerOptions = {}): { bus: EventBus; lines: [string, string][] } {
  const bus = new EventBus();
  const lines: [string, string][] = [];
  const write = (level: string) => (line: string) => lines.push([level, line]);
  const logger = {
    debug: write("debug"),
    info: write("info"),
    warn: write("warn"),
    error: write("error"),
  };
  attachDefaultLogger(bus, { logger, ...options });
  return { bus, lines };
}

/** Emits a run in which everything happens that the logger can show. */
function emitAll(bus: EventBus): void {
  const tool = { ...RUN, tool: "command", tool_type: "command", call_id: "c1", input: "ls -l" };
  const approval = { ...RUN, tool: "command", call_id: "c1", kind: "command" };
  bus.emit("codex.thread.start", START, {
    originator: "sdk",
    span_token: "s",
    input: "say\nhello",
    transport: "exec",
  });
  bus.emit("codex.tool.start", START, tool);
  bus.emit("codex.tool.success", END, { ...tool, exit_code: 0, output: "a b" });
  bus.emit("codex.tool.failure", END, { ...tool, error: { code: "exit", message: "no luck" } });
  bus.emit("codex.approval.requested", START, approval);
  bus.emit("codex.approval.approved", END, { ...approval, decision: "accept" });
  bus.emit("codex.approval.denied", END, { ...approval, decision: "decline", reason: "too risky" });
  bus.emit("codex.approval.timeout", END, approval);
  bus.emit("codex.thread.token_usage.updated", START, {
    ...RUN,
    usage: { input_tokens: 9, output_tokens: 0 },
    delta: { input_tokens: 4 },
  });
  bus.emit("codex.turn.diff.updated", START, { ...RUN, diff: "+a" });
  bus.emit("codex.turn.compaction.completed", { ...START, token_savings: 7 }, {
    ...RUN,
    stage: "completed",
  });
  bus.emit("codex.thread.stop", END, { ...RUN, transport: "exec", result: "ok" });
}

describe("attachDefaultLogger()", () => {
  it("writes the start and the end of a run at info", () => {
    const { bus, lines } = logged();
    emitAll(bus);
    assert.deepEqual(lines, [
      ["info", "[codex] thread start transport=exec input_length=9"],
      ["info", "[codex] thread stop duration_ms=12.346 thread_id=th turn_id=tu result=ok"],
    ]);
  });

  it("marks an early exit, and warns of a run that failed", () => {
    const { bus, lines } = logged();
    const stop = { ...RUN, transport: "exec" } as const;
    bus.emit("codex.thread.stop", END, { ...stop, result: "early_exit", early_exit: true });
    bus.emit("codex.thread.stop", END, { ...stop, result: "ok", early_exit: false });
    bus.emit("codex.thread.stop", END, {
      ...stop,
      result: "error",
      error: { code: "turn_failed", message: "no model" },
    });
    const head = "[codex] thread stop duration_ms=12.346 thread_id=th turn_id=tu";
    assert.deepEqual(lines, [
      ["info", `${head} result=early_exit early_exit=true`],
      ["info", `${head} result=ok`],
      ["warn", `${head} result=error error_code=turn_failed error_message="no model"`],
    ]);
  });

  it("writes an exception at error, at every level", () => {
    for (const level of ["debug", "info", "warn", "error"] as const) {
      const { bus, lines } = logged({ level });
      bus.emit("codex.thread.exception", END, {
        ...RUN,
        transport: "exec",
        result: "error",
        reason: new CodexError("closed", "It was closed.", { details: {} }),
        error: { code: "closed", message: "It was closed." },
      });
      assert.deepEqual(lines, [[
        "error",
        "[codex] thread exception duration_ms=12.346 thread_id=th turn_id=tu result=error " +
        'error_code=closed error_message="It was closed."',
      ]]);
    }
  });

  it("writes tools, approvals, usage, diffs and compaction at debug", () => {
    const { bus, lines } = logged({ level: "debug" });
    emitAll(bus);
    const ids = "thread_id=th turn_id=tu";
    const tool = "tool=command tool_type=command call_id=c1";
    const end = `duration_ms=12.346 ${ids}`;
    const approval = "tool=command kind=command call_id=c1";
    assert.deepEqual(
      lines.slice(1, -1),
      [
        `[codex] tool start ${ids} ${tool} input_length=5`,
        `[codex] tool success ${end} ${tool} exit_code=0 input_length=5 output_length=3`,
        `[codex] tool failure ${end} ${tool} input_length=5 error_code=exit error_message="no luck"`,
        `[codex] approval requested ${ids} ${approval}`,
        `[codex] approval approved ${end} ${approval} decision=accept`,
        `[codex] approval denied ${end} ${approval} decision=decline reason="too risky"`,
        `[codex] approval timeout ${end} ${approval}`,
        `[codex] thread token usage updated ${ids} input_tokens=9 output_tokens=0 delta_input_tokens=4`,
        `[codex] diff updated ${ids} diff_length=2`,
        `[codex] compaction completed ${ids} token_savings=7`,
      ].map((line) => ["debug", line]),
    );
  });

  it("writes what the CLI warns of at warn", () => {
    const { bus, lines } = logged();
    bus.emit("codex.turn.warning", START, { ...RUN, kind: "config", message: "no bubblewrap" });
    const line = '[codex] warning thread_id=th turn_id=tu kind=config message="no bubblewrap"';
    assert.deepEqual(lines, [["warn", line]]);
  });

  it("shows content only when asked, with line breaks escaped", () => {
    const { bus, lines } = logged({ level: "debug", content: true });
    emitAll(bus);
    const text = lines.map(([, line]) => line);
    assert.equal(text[0], '[codex] thread start transport=exec input="say\\nhello"');
    assert.match(text[2] ?? "", / input="ls -l" output="a b"$/);
    assert.match(text[9] ?? "", / diff=\+a$/);
  });

  it("writes one JSON object a line when asked", () => {
    const { bus, lines } = logged({ format: "json" });
    emitAll(bus);
    assert.deepEqual(lines.map(([, line]) => JSON.parse(line)), [
      {
        time: "2023-11-14T22:13:20.000Z",
        level: "info",
        event: "codex.thread.start",
        transport: "exec",
        input_length: 9,
      },
      {
        time: "2023-11-14T22:13:20.000Z",
        level: "info",
        event: "codex.thread.stop",
        duration_ms: 12.345678,
        thread_id: "th",
        turn_id: "tu",
        result: "ok",
      },
    ]);
  });

  it("is detached by the id it gives, and attaches once under an id", () => {
    const bus = new EventBus();
    const id = attachDefaultLogger(bus);
    assert.equal(id, "codex-default-logger");
    assert.throws(
      () => attachDefaultLogger(bus),
      (error) => isCodexError(error, "handler_exists"),
    );
    assert.equal(attachDefaultLogger(bus, { id: "other" }), "other");
    assert.equal(bus.detach(id), true);
  });

  it("throws TypeError for a level, a format or a logger that it cannot use", () => {
    const attach = (options: object) => attachDefaultLogger(new EventBus(), options);
    assert.throws(() => attach({ level: "loud" }), TypeError);
    assert.throws(() => attach({ format: "xml" }), TypeError);
    assert.throws(() => attach({ logger: { info() {} } }), TypeError);
  });

  it("is detached and reported when its logger throws", () => {
    const bus = new EventBus();
    const broken = () => {
      throw new Error("disk full");
    };
    const failed: string[] = [];
    bus.attach("watch", "codex.telemetry.handler.failure", ({ metadata }) => {
      failed.push(metadata.handler_id);
    });
    attachDefaultLogger(bus, {
      logger: { debug: broken, info: broken, warn: broken, error: broken },
    });
    emitAll(bus);
    assert.deepEqual(failed, ["codex-default-logger"]);
  });
});
