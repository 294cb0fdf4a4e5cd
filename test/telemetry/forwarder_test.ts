import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { ExportResult } from "@opentelemetry/core";
import { Forwarder } from "../../src/telemetry/forwarder.ts";

/** An exporter that keeps what it is given, and answers when it is told to. */
class Exporter {
  readonly batches: number[][] = [];
  readonly answers: ((result: ExportResult) => void)[] = [];
  answersAtOnce = true;
  onExport: () => void = () => {};

  export(items: number[], done: (result: ExportResult) => void): void {
    this.batches.push(items);
    this.onExport();
    if (this.answersAtOnce) done({ code: 0 });
    else this.answers.push(done);
  }

  shutdown(): Promise<void> {
    for (const done of this.answers.splice(0)) done({ code: 0 });
    return Promise.resolve();
  }
}

function rig(batchSize: number) {
  const exporter = new Exporter();
  const forwarder = new Forwarder<number>({ exporter, batchSize, delayMs: 60_000 });
  const push = (from: number, to: number) => {
    for (let item = from; item < to; item++) forwarder.push(item);
  };
  return { exporter, forwarder, push };
}

const numbers = (count: number) => Array.from({ length: count }, (_, index) => index);

describe("Forwarder", () => {
  it("exports each item at once, or full batches and the rest at the flush", async () => {
    const single = rig(1);
    single.push(0, 3);
    assert.deepEqual(single.exporter.batches, [[0], [1], [2]]);
    const { exporter, forwarder, push } = rig(4);
    push(0, 10);
    assert.deepEqual(exporter.batches, [[0, 1, 2, 3], [4, 5, 6, 7]]);
    assert.deepEqual([forwarder.waiting, forwarder.counts.queued], [2, 2]);
    await forwarder.forceFlush();
    assert.deepEqual(exporter.batches.at(-1), [8, 9]);
    assert.deepEqual(forwarder.counts, { exported: 10, queued: 0, dropped: 0 });
  });

  for (const batchSize of [1, 512]) {
    it(`keeps items back while it is held, and their order (${batchSize})`, async () => {
      const { exporter, forwarder, push } = rig(batchSize);
      forwarder.hold();
      push(0, 100_000);
      await forwarder.forceFlush();
      assert.deepEqual(exporter.batches, []);
      forwarder.release();
      await forwarder.shutdown();
      assert.deepEqual(exporter.batches.flat(), numbers(100_000));
      assert.ok(exporter.batches.every(({ length }) => length <= batchSize));
    });
  }

  it("loses and doubles nothing when an item ends while it exports", async () => {
    const { exporter, forwarder, push } = rig(4);
    let next = 9;
    exporter.onExport = () => {
      if (next < 30) push(next, ++next);
    };
    push(0, 9);
    await forwarder.shutdown();
    const exported = exporter.batches.flat().sort((a, b) => a - b);
    assert.deepEqual(exported, numbers(next));
  });

  it("waits at a flush for what is under way, and at a shutdown lets the exporter end it", async () => {
    const { exporter, forwarder, push } = rig(1);
    exporter.answersAtOnce = false;
    push(0, 1);
    let flushed = false;
    const flush = forwarder.forceFlush().then(() => flushed = true);
    await new Promise((resolve) => setTimeout(resolve, 5));
    assert.equal(flushed, false);
    exporter.answers.shift()!({ code: 0 });
    await flush;
    push(1, 3);
    await forwarder.shutdown();
    assert.deepEqual(forwarder.counts, { exported: 3, queued: 0, dropped: 0 });
  });

  it("counts what comes after the shutdown, and what is refused", async () => {
    const { exporter, forwarder, push } = rig(1);
    exporter.answersAtOnce = false;
    push(0, 1);
    exporter.answers.shift()!({ code: 1, error: new Error("no") });
    await forwarder.shutdown();
    assert.deepEqual([forwarder.lastError?.reason, forwarder.lastError?.message], [
      "export_failed",
      "no",
    ]);
    push(1, 3);
    assert.deepEqual(forwarder.counts, { exported: 0, queued: 0, dropped: 3 });
    assert.equal(forwarder.lastError?.reason, "after_shutdown");
  });
});
