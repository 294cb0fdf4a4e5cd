import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { UsageLedger } from "../../src/core/usage_ledger.ts";
import { ZERO_COUNTS } from "../../src/protocol/counts.ts";

const counts = (inputTokens: number) => ({ input_tokens: inputTokens, output_tokens: 1 });
const never = () => Promise.reject(new Error("the base was read without need"));

describe("UsageLedger", () => {
  it("tells what each turn of a new thread added to the total", async () => {
    const ledger = new UsageLedger(true);
    await ledger.beginTurn(never);
    assert.deepEqual(ledger.record(counts(121)), { input_tokens: 121, output_tokens: 1 });
    assert.deepEqual(ledger.turnUsage(), {
      ...ZERO_COUNTS,
      input_tokens: 121,
      output_tokens: 1,
    });
    await ledger.beginTurn(never);
    assert.deepEqual(ledger.record(counts(243)), { input_tokens: 122, output_tokens: 0 });
    assert.deepEqual(ledger.record(counts(366)), { input_tokens: 123, output_tokens: 0 });
    assert.equal(ledger.turnUsage()?.input_tokens, 245);
  });

  it("asks for the base of a resumed thread, once", async () => {
    const ledger = new UsageLedger(false);
    await ledger.beginTurn(() => Promise.resolve(counts(100)));
    assert.equal(ledger.record(counts(150))?.input_tokens, 50);
    await ledger.beginTurn(never);
    assert.equal(ledger.record(counts(170))?.input_tokens, 20);
  });

  it("tells no turn's usage where the base is not known", async () => {
    const ledger = new UsageLedger(false);
    await ledger.beginTurn(() => Promise.resolve(undefined));
    assert.equal(ledger.record(counts(150)), undefined);
    assert.equal(ledger.turnUsage(), undefined);
    await ledger.beginTurn(never);
    ledger.record(counts(170));
    assert.equal(ledger.turnUsage()?.input_tokens, 20);
  });

  it("does not take a turn that told nothing for one that used nothing", async () => {
    const ledger = new UsageLedger(true);
    await ledger.beginTurn(never);
    assert.equal(ledger.turnUsage(), undefined);
  });

  it("asks again after a turn that ended without telling", async () => {
    const ledger = new UsageLedger(true);
    await ledger.beginTurn(never);
    ledger.record(counts(100));
    await ledger.beginTurn(never);
    await ledger.beginTurn(() => Promise.resolve(counts(190)));
    ledger.record(counts(200));
    assert.equal(ledger.turnUsage()?.input_tokens, 10);
    await ledger.beginTurn(never);
    await ledger.beginTurn(() => Promise.resolve(undefined));
    ledger.record(counts(300));
    assert.equal(ledger.turnUsage(), undefined);
  });

  it("keeps counts that a later total leaves out", async () => {
    const ledger = new UsageLedger(true);
    await ledger.beginTurn(never);
    ledger.record({ input_tokens: 5, reasoning_output_tokens: 2 });
    ledger.record({ input_tokens: 9 });
    assert.equal(ledger.turnUsage()?.reasoning_output_tokens, 2);
  });
});
