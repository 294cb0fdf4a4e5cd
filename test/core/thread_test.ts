import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { after, afterEach, describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import type { Input, TurnOptions } from "../../src/core/options.ts";
import { isCodexError } from "../../src/errors.ts";
import { catFixture } from "../../src/testing/mod.ts";
import type { CatFixture, CatFixtureOptions } from "../../src/testing/mod.ts";
import { createEngine, type Engine } from "./engine.ts";
import { assertNothingLeft, watchRejections } from "./nothing_left.ts";
import { shellCli } from "./shell_cli.ts";

const FIXTURES = fileURLToPath(new URL("../fixtures/", import.meta.url));

function linesOf(name: string): Record<string, unknown>[] {
  return readFileSync(`${FIXTURES}${name}`, "utf8").trimEnd().split("\n")
    .map((line) => JSON.parse(line));
}

describe("Thread", () => {
  const made: CatFixture[] = [];
  const engines: Engine[] = [];
  const rejections = watchRejections();
  afterEach(async () => {
    for (const engine of engines.splice(0)) await assertNothingLeft(engine);
    for (const fixture of made.splice(0)) fixture.cleanup();
  });
  after(async () => assert.deepEqual(await rejections(), []));

  function open(lines: string | Iterable<string | object>, options: CatFixtureOptions = {}) {
    const fixture = catFixture(lines, options);
    const engine = createEngine({ codexPathOverride: fixture.path });
    made.push(fixture);
    engines.push(engine);
    return { ...engine, fixture, thread: engine.codex.startThread() };
  }

  it("resolves a run with its items, answer, usage and ids", async () => {
    const { thread } = open(`${FIXTURES}thread_basic.jsonl`);
    assert.equal(thread.id, null);
    const [started, , message, completed] = linesOf("thread_basic.jsonl");
    assert.deepEqual(await thread.run("Say so"), {
      items: [message?.["item"]],
      finalResponse: "All is well.",
      usage: completed?.["usage"],
      turnUsage: completed?.["usage"],
      threadId: started?.["thread_id"],
      turnId: null,
    });
    assert.equal(thread.id, started?.["thread_id"]);
  });

  it("understands what other producers write", async () => {
    const { thread, capture } = open(`${FIXTURES}thread_full_legacy.jsonl`);
    const turn = await thread.run("Go");
    assert.equal(turn.finalResponse, "All done.");
    assert.deepEqual([turn.threadId, turn.turnId], ["thread_legacy_1", "turn_legacy_1"]);
    assert.equal(turn.items.length, 3);
    const [stop] = capture.named("codex.thread.stop");
    assert.deepEqual([stop?.metadata.result, stop?.metadata.early_exit], ["early_exit", true]);
    assert.deepEqual(stop?.metadata.source, { kind: "ci", job: "lint" });
  });

  it("has the caller's labels on every event, and those of its metadata below them", async () => {
    const { codex, capture } = open(`${FIXTURES}thread_command.jsonl`);
    await codex.startThread({
      labels: { team: "web", ticket: "42" },
      metadata: { source: "ci", labels: { team: "-", kind: "review" } },
    }).run("Go");
    assert.ok(capture.named("codex.tool.start").length > 0);
    for (const { name, metadata } of capture.events) {
      const { labels, source } = metadata as { labels?: object; source?: unknown };
      assert.deepEqual({ labels, source }, {
        labels: { team: "web", kind: "review", ticket: "42" },
        source: "ci",
      }, name);
    }
  });

  it("takes the answer from the end of the turn where there was no message", async () => {
    const { thread } = open([{
      type: "turn.completed",
      final_response: { type: "text", text: "A" },
    }]);
    const { finalResponse, usage, turnUsage } = await thread.run("Go");
    assert.deepEqual([finalResponse, usage, turnUsage], ["A", null, null]);
  });

  it("resolves also when the CLI says nothing and exits with 0", async () => {
    const { thread, capture } = open([]);
    const { items, finalResponse, usage } = await thread.run("Go");
    assert.deepEqual([items, finalResponse, usage], [[], "", null]);
    assert.equal(capture.named("codex.thread.stop")[0]?.metadata.result, "ok");
  });

  it("goes on with the thread in the next run, whose usage is the difference", async () => {
    const usage = (input_tokens: number) => ({ input_tokens, output_tokens: 1 });
    const first = open([
      { type: "thread.started", thread_id: "t1" },
      { type: "turn.completed", usage: usage(121) },
    ]);
    await first.thread.run("One");
    const second = await first.thread.run("Two");
    assert.equal(second.turnUsage?.input_tokens, 0);
    assert.deepEqual(first.fixture.runs().map(({ args, input }) => [args.slice(-2), input]), [
      [["exec", "--experimental-json"], "One"],
      [["resume", "t1"], "Two"],
    ]);
    assert.equal(first.capture.named("codex.thread.start")[1]?.metadata.thread_id, "t1");
  });

  it("knows a turn's own usage also after a run that failed before there was a thread", async () => {
    const cli = shellCli(
      'if [ ! -e "$here/again" ]; then : > "$here/again"; exit 9; fi; begin; finish',
    );
    const engine = createEngine({ codexPathOverride: cli.path });
    engines.push(engine);
    const thread = engine.codex.startThread();
    await assert.rejects(thread.run("One"), (error) => isCodexError(error, "exec_failed"));
    assert.equal((await thread.run("Two")).turnUsage?.input_tokens, 1);
    cli.cleanup();
  });

  it("does not announce the usage of the last turn for one that could not begin", async () => {
    const { thread, fixture, capture } = open(`${FIXTURES}thread_basic.jsonl`);
    await thread.run("One");
    fixture.cleanup();
    await assert.rejects(thread.run("Two"), (error) => isCodexError(error, "cli_not_found"));
    assert.equal(capture.named("codex.thread.stop")[0]?.metadata.usage?.input_tokens, 121);
    assert.equal(capture.named("codex.thread.exception")[0]?.metadata.usage, undefined);
  });

  for (const name of readdirSync(FIXTURES).filter((file) => file.endsWith(".jsonl"))) {
    it(`streams every event of ${name} as it was printed`, async () => {
      const { thread } = open(`${FIXTURES}${name}`);
      const { events } = await thread.runStreamed("Go");
      const seen: unknown[] = [];
      for await (const event of events) seen.push(event);
      const expected = linesOf(name);
      for (const { type, usage } of expected) {
        if (type === "turn.completed") {
          (usage as Record<string, unknown>)["cache_write_input_tokens"] ??= 0;
        }
      }
      assert.deepEqual(seen, expected);
    });
  }

  it("streams what it does not know unchanged, and skips blank lines", async () => {
    const strange = [{ no: "type" }, { type: 7 }, { type: "" }, { type: "x", __proto__: null }];
    const { thread } = open(["", JSON.stringify(strange[0]), "", ...strange.slice(1), "\r", ""]);
    const { events } = await thread.runStreamed("Go");
    const seen: unknown[] = [];
    for await (const event of events) seen.push(event);
    assert.deepEqual(JSON.stringify(seen), JSON.stringify(strange));
  });

  it("takes a last line without an end for an event if it is whole", async () => {
    const { thread } = open([{ type: "turn.started" }, { type: "x", a: 1 }], {
      unterminated: true,
    });
    const { events } = await thread.runStreamed("Go");
    const seen: unknown[] = [];
    for await (const event of events) seen.push(event);
    assert.deepEqual(seen, [{ type: "turn.started" }, { type: "x", a: 1 }]);
  });

  it("rejects a run whose turn failed, in the agent's own words, also when the CLI fails", async () => {
    for (const exitCode of [0, 1]) {
      const { thread, capture } = open(`${FIXTURES}thread_failed.jsonl`, { exitCode });
      await assert.rejects(thread.run("Go"), (error) => {
        assert.ok(isCodexError(error, "turn_failed"));
        assert.equal(error.message, "stream disconnected before completion: the model broke");
        return true;
      });
      const [stop] = capture.named("codex.thread.stop");
      assert.equal(stop?.metadata.result, "error");
      assert.equal(stop?.metadata.error?.code, "turn_failed");
      assert.equal(stop?.metadata.process?.exit_code, exitCode);
    }
  });

  it("streams a turn that failed, and then how the CLI exited", async () => {
    const { thread, capture } = open(`${FIXTURES}thread_failed.jsonl`, { exitCode: 1 });
    const { events } = await thread.runStreamed("Go");
    const types: string[] = [];
    await assert.rejects(async () => {
      for await (const event of events) types.push(event.type);
    }, (error) => isCodexError(error, "exec_failed") && error.details.exitCode === 1);
    assert.equal(types.at(-1), "turn.failed");
    assert.equal(capture.named("codex.thread.stop")[0]?.metadata.error?.code, "turn_failed");
  });

  it("refuses wrong input before anything starts", async () => {
    const { thread, fixture, capture } = open([]);
    const wrong = [undefined, null, 7, {}, ["text"], [{ type: "text" }]] as unknown as Input[];
    for (const input of wrong) {
      await assert.rejects(thread.run(input), TypeError);
      await assert.rejects(thread.runStreamed(input), TypeError);
    }
    await assert.rejects(thread.run("Go", { timeoutMs: "1" as unknown as number }), TypeError);
    await assert.rejects(thread.run("Go", { idleTimeoutMs: 0 }), RangeError);
    assert.deepEqual([fixture.runs(), capture.names], [[], []]);
  });

  it("tells telemetry what the caller says of the run, and of false only what was said", async () => {
    const { codex, capture } = open([]);
    const thread = codex.startThread({ model: "m", metadata: { source: "ci" } });
    const trace: TurnOptions["trace"] = {
      workflow: "w",
      group: "g",
      traceId: "id",
      sensitive: false,
      conversationId: "c",
    };
    await thread.run("Go", { trace });
    const [start] = capture.named("codex.thread.start");
    const { span_token: _token, ...metadata } = start!.metadata;
    assert.deepEqual(metadata, {
      originator: "sdk",
      source: "ci",
      workflow: "w",
      group: "g",
      trace_id: "id",
      trace_sensitive: false,
      conversation_id: "c",
      input: "Go",
      transport: "exec",
      model: "m",
    });
  });

  it("announces all of a run in order, under one token", async () => {
    const { thread, capture } = open(`${FIXTURES}thread_command.jsonl`);
    await thread.run("Go");
    assert.deepEqual(capture.names, [
      "codex.thread.start",
      "codex.process.start",
      "codex.tool.start",
      "codex.tool.success",
      "codex.thread.token_usage.updated",
      "codex.process.stop",
      "codex.thread.stop",
    ]);
    assert.equal(new Set(capture.events.map(({ metadata }) => metadata.span_token)).size, 1);
    const [stop] = capture.named("codex.process.stop");
    assert.deepEqual([stop?.metadata.exit_code, stop?.metadata.signal], [0, null]);
    assert.equal(stop?.metadata.stopped_by, undefined);
  });
});
