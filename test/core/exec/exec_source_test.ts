import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ExecSource } from "../../../src/core/exec/exec_source.ts";
import type { ExitStatus } from "../../../src/core/ports.ts";
import type { SupervisedChild } from "../../../src/core/supervised_child.ts";

/** A child whose output fails when it is told to, and which is stopped with that. */
function stoppedChild(status: ExitStatus) {
  let fail: (error: Error) => void = () => {};
  const output = new Promise<never>((_, reject) => fail = reject);
  const child: Partial<Record<keyof SupervisedChild, unknown>> = {
    stdin: { write: () => Promise.resolve(), close: () => Promise.resolve() },
    stdout: { [Symbol.asyncIterator]: () => ({ next: () => output }) },
    exited: Promise.resolve(status),
    wasStopped: true,
    stderr: () => "",
    finish: () => Promise.resolve(status),
  };
  return { child: child as unknown as SupervisedChild, fail };
}

describe("ExecSource", () => {
  it("takes a pipe that was let go of, once the child was stopped, for the end of the output", async () => {
    const { child, fail } = stoppedChild({ code: null, signal: "SIGTERM" });
    const source = new ExecSource(child, "Go");
    const filled = source.fill({ isTold: false });
    await Promise.resolve();
    fail(new Error("Premature close"));
    assert.equal(await filled, false);
    await assert.rejects(source.finish({ isTold: false }), { code: "exec_failed" });
    await source.finish({ isTold: true });
  });

  it("tells the error of an interrupt, and not that of the pipe", async () => {
    const { child, fail } = stoppedChild({ code: null, signal: "SIGTERM" });
    const source = new ExecSource(child, "Go");
    const filled = source.fill({ isTold: false });
    source.interrupt(new RangeError("mine"));
    fail(new Error("Premature close"));
    await assert.rejects(filled, RangeError);
  });

  it("waits for a CLI that has told the end, holds its output open and does not exit, once", async () => {
    const waited: number[] = [];
    const status: ExitStatus = { code: null, signal: "SIGINT" };
    const child = {
      ...stoppedChild(status).child,
      exited: new Promise(() => {}),
      finish: (withinMs: number) => Promise.resolve((waited.push(withinMs), status)),
    };
    const source = new ExecSource(child as unknown as SupervisedChild, "Go", { exitWaitMs: 20 });
    assert.equal(await source.fill({ isTold: true }), false);
    await source.finish({ isTold: true });
    assert.deepEqual(waited, [0]);
  });
});
