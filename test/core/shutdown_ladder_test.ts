import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { endLeftovers, exitsWithin, stopChild } from "../../src/core/shutdown_ladder.ts";
import { FakeMachine, type FakeProcess, type Temper } from "./fake_child.ts";

const GRACES = { askMs: 20, termMs: 20 };

const child = (endsBy: Temper): FakeProcess => ({ pid: 100, parent: 1, group: 100, endsBy });
const inGroup = (pid: number, endsBy: Temper = {}): FakeProcess => ({
  pid,
  parent: 100,
  group: 100,
  endsBy,
});
/** In a session and group of its own, as the CLI starts its commands. */
const apart = (pid: number, endsBy: Temper = {}): FakeProcess => ({
  pid,
  parent: 100,
  group: pid,
  endsBy,
});

const stop = (machine: FakeMachine, interrupt = true) =>
  stopChild(machine.child, { processes: machine.processes, graces: GRACES, interrupt });

describe("stopChild()", () => {
  it("climbs no further than the child needs", async () => {
    const table: [Temper, boolean, string | undefined, string[]][] = [
      [{ stdin: true }, false, "stdin", ["close stdin"]],
      [{ SIGINT: true }, true, "SIGINT", ["close stdin", "SIGINT child"]],
      [{ SIGTERM: true }, false, "SIGTERM", ["close stdin", "SIGTERM group"]],
      [{ SIGTERM: true }, true, "SIGTERM", ["close stdin", "SIGINT child", "SIGTERM group"]],
      [{}, true, "SIGKILL", ["close stdin", "SIGINT child", "SIGTERM group", "SIGKILL group"]],
    ];
    for (const [endsBy, interrupt, rung, log] of table) {
      const machine = new FakeMachine([child(endsBy)]);
      assert.equal(await stop(machine, interrupt), rung);
      assert.deepEqual(machine.log, log);
      assert.deepEqual(machine.pids, []);
    }
  });

  it("does nothing to a child that has ended and left nobody", async () => {
    const machine = new FakeMachine([]);
    assert.equal(await stop(machine), undefined);
    assert.deepEqual(machine.log, []);
  });

  it("ends a whole group that ignores everything", async () => {
    const machine = new FakeMachine([child({}), inGroup(101), inGroup(102)]);
    assert.equal(await stop(machine), "SIGKILL");
    assert.deepEqual(machine.pids, []);
  });

  it("ends descendants in groups of their own, also when the child goes at the first rung", async () => {
    const machine = new FakeMachine([
      child({ SIGINT: true }),
      apart(200, { SIGTERM: true }),
      apart(300),
      { ...apart(301), parent: 300 },
    ]);
    assert.equal(await stop(machine), "SIGINT");
    assert.deepEqual(machine.pids, []);
    assert.deepEqual(machine.log, [
      "close stdin",
      "SIGINT child",
      "SIGTERM 200",
      "SIGTERM 300",
      "SIGTERM 301",
      "SIGKILL 300",
      "SIGKILL 301",
    ]);
  });

  it("finds descendants that were started while it climbs", async () => {
    const machine = new FakeMachine([child({ SIGTERM: true })]);
    const stopping = stop(machine);
    await new Promise((resolve) => setTimeout(resolve, 5));
    machine.fork(apart(400));
    assert.equal(await stopping, "SIGTERM");
    assert.deepEqual(machine.pids, []);
  });

  it("touches nobody else", async () => {
    const stranger = { pid: 500, parent: 1, group: 500, endsBy: { SIGTERM: true } };
    const machine = new FakeMachine([child({}), inGroup(101), stranger]);
    await stop(machine);
    assert.deepEqual(machine.pids, [500]);
  });
});

describe("endLeftovers()", () => {
  const end = (machine: FakeMachine, descendants: readonly number[] = []) =>
    endLeftovers(machine.child, {
      processes: machine.processes,
      graces: GRACES,
      descendants: descendants.map((pid) => ({ pid, startTime: "0" })),
    });

  it("ends the group that a child left, gently first", async () => {
    const machine = new FakeMachine([
      { ...inGroup(101, { SIGTERM: true }), parent: 1 },
      { ...inGroup(102), parent: 1 },
    ]);
    await end(machine);
    assert.deepEqual(machine.pids, []);
    assert.deepEqual(machine.log, ["SIGTERM 101", "SIGTERM 102", "SIGKILL 102"]);
  });

  it("leaves a group alone whose leader has got the pid of the child that is gone", async () => {
    const machine = new FakeMachine([]);
    machine.fork({ pid: 100, parent: 1, group: 100, endsBy: { SIGTERM: true } });
    machine.fork({ pid: 101, parent: 100, group: 100, endsBy: { SIGTERM: true } });
    await end(machine);
    assert.deepEqual(machine.pids, [100, 101]);
    assert.deepEqual(machine.log, []);
  });

  it("does nothing where nobody is left", async () => {
    const machine = new FakeMachine([]);
    await end(machine, [200]);
    assert.deepEqual(machine.log, []);
  });
});

describe("exitsWithin()", () => {
  it("tells whether a child has ended, or ends in time", async () => {
    assert.equal(await exitsWithin(new FakeMachine([]).child, 0), true);
    const machine = new FakeMachine([child({ SIGINT: true })]);
    assert.equal(await exitsWithin(machine.child, 5), false);
    const waiting = exitsWithin(machine.child, 60_000);
    machine.child.signal("SIGINT");
    assert.equal(await waiting, true);
  });
});
