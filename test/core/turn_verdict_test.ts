import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { TurnVerdict } from "../../src/core/turn_verdict.ts";
import type { EndReason } from "../../src/core/turn_verdict.ts";
import { isCodexError } from "../../src/errors.ts";
import type { AnyThreadEvent } from "../../src/protocol/events.ts";

function verdictOf(...events: { type: string; [field: string]: unknown }[]): TurnVerdict {
  const verdict = new TurnVerdict();
  for (const event of events) verdict.observe(event.type, event as unknown as AnyThreadEvent);
  return verdict;
}

const BROKEN = { code: "turn_failed", message: "it broke" };
const failedTurn = { type: "turn.failed", error: { message: "it broke" } };
const completed = { type: "turn.completed" };
const thrown = new Error("thrown");

const FINISHED: EndReason = { cause: "finished" };
const LEFT: EndReason = { cause: "left" };
const FAILED: EndReason = { cause: "failed", error: thrown };

describe("TurnVerdict", () => {
  it("decides how a run ended, by what the agent said and why the stream ended", () => {
    const table: [ReturnType<typeof verdictOf>, EndReason, unknown][] = [
      [verdictOf(), FINISHED, { result: "ok" }],
      [verdictOf(), LEFT, { result: "early_exit" }],
      [verdictOf(), FAILED, thrown],
      [verdictOf(completed), FINISHED, { result: "ok" }],
      [verdictOf(completed), LEFT, { result: "ok" }],
      [verdictOf(completed), FAILED, thrown],
      [verdictOf({ ...completed, status: "early_exit" }), FINISHED, { result: "early_exit" }],
      [verdictOf({ ...completed, status: "whatever" }), FINISHED, { result: "ok" }],
      [
        verdictOf({ ...completed, status: "failed" }),
        FINISHED,
        { result: "error", error: { code: "turn_failed", message: "The turn failed." } },
      ],
      [verdictOf(failedTurn), FINISHED, { result: "error", error: BROKEN }],
      [verdictOf(failedTurn), LEFT, { result: "error", error: BROKEN }],
      [verdictOf(failedTurn), FAILED, { result: "error", error: BROKEN }],
      [verdictOf({ type: "error", message: "reconnecting" }), FINISHED, { result: "ok" }],
    ];
    for (const [verdict, reason, outcome] of table) {
      assert.deepEqual(verdict.outcome(reason), outcome);
    }
  });

  it("gives the agent's own words as the error of a turn that failed", () => {
    assert.equal(verdictOf(completed).failure(), undefined);
    const failure = verdictOf(failedTurn).failure();
    assert.ok(isCodexError(failure, "turn_failed"));
    assert.equal(failure.message, "it broke");
    assert.equal(verdictOf({ type: "turn.failed" }).failure()?.message, "The turn failed.");
  });

  it("is known once the agent has said it", () => {
    assert.deepEqual(
      [
        verdictOf(),
        verdictOf({ type: "turn.started" }),
        verdictOf(completed),
        verdictOf(failedTurn),
      ]
        .map((verdict) => verdict.isKnown),
      [false, false, true, true],
    );
  });
});
