import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Codex, createTelemetry } from "../mod.ts";
import { catFixture, otlpReceiver } from "../src/testing/mod.ts";

const FIXTURE = new URL("./fixtures/thread_command.jsonl", import.meta.url).pathname;
const WORKERS = 3;
const TIMES = 10;

describe("configure() while turns run", () => {
  it("loses no turn and leaves no handler of a pipeline before", async () => {
    await using receiver = await otlpReceiver();
    using cli = catFixture(FIXTURE, { delayMs: 15 });
    const telemetry = createTelemetry();
    const env = { CODEX_OTLP_ENABLE: "1", CODEX_OTLP_ENDPOINT: receiver.url };
    const codex = new Codex({ codexPathOverride: cli.path, telemetry });
    await telemetry.configure({ env });
    const handlers = telemetry.handlers().length;

    let isOver = false;
    let turns = 0;
    const work = async () => {
      while (!isOver) {
        await codex.startThread().run("go");
        turns++;
      }
    };
    const workers = Array.from({ length: WORKERS }, work);
    for (let time = 0; time < TIMES; time++) {
      const before = turns;
      const { enabled } = await telemetry.configure({
        env,
        processor: time % 2 === 0 ? "batch" : "simple",
      });
      assert.equal(enabled, true);
      // Some turns end with each pipeline.
      while (turns < before + WORKERS) await new Promise((resolve) => setTimeout(resolve, 5));
    }
    isOver = true;
    await Promise.all(workers);
    assert.equal(telemetry.handlers().length, handlers);
    const status = await telemetry.shutdown();
    assert.deepEqual([status.spans.queued, status.spans.dropped], [0, 0]);
    assert.equal(telemetry.handlers().length, 0);

    const runs = receiver.spans.filter(({ name }) => name === "invoke_agent codex");
    assert.equal(runs.length, turns);
    assert.equal(new Set(runs.map(({ spanId }) => spanId)).size, turns);
    const finished = runs.filter(({ attributes }) => !attributes["codex.unfinished"]);
    const parents = new Set(receiver.spans.map(({ parentSpanId }) => parentSpanId));
    // Of a turn that was under way at a change, the tools may be marked as unfinished, too.
    for (const { spanId } of finished) assert.ok(parents.has(spanId));
  });
});
