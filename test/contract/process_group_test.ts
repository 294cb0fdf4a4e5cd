import assert from "node:assert/strict";
import { afterEach, describe, it } from "node:test";
import type { ProcessReference } from "../../src/core/ports.ts";
import { endAll, readLines, runtime, settlesWithin, startShell, until } from "./helpers.ts";

const { processes } = runtime;

async function isGone(one: ProcessReference | undefined): Promise<boolean> {
  assert.ok(one, "the process was never seen");
  return (await processes.alive([one])).length === 0;
}

describe("a child's process group", () => {
  afterEach(endAll);

  it("gets a signal as a whole, and SIGKILL ends also those that ignore SIGTERM", async () => {
    const child = await startShell(
      `trap '' TERM; sh -c 'trap "" TERM; echo $$; while :; do sleep 1; done' & wait`,
    );
    const [grandchildPid] = await readLines(child, 1);
    const members = await processes.groupMembers(child.pid);
    const grandchild = members.find(({ pid }) => pid === Number(grandchildPid));
    assert.equal(child.signalGroup("SIGTERM"), true);
    assert.equal(await settlesWithin(child.exited, 300), false);
    assert.equal(await isGone(grandchild), false);
    assert.equal(child.signalGroup("SIGKILL"), true);
    assert.deepEqual(await child.exited, { code: null, signal: "SIGKILL" });
    await until(() => isGone(grandchild), "the grandchild is gone");
  });

  it("is not that of this process", async () => {
    const child = await startShell("sleep 60");
    const members = await processes.groupMembers(child.pid);
    assert.ok(members.some(({ pid }) => pid === child.pid));
    assert.ok(members.every(({ pid }) => pid !== process.pid));
  });

  it("takes no part in a signal to the child alone", async () => {
    const child = await startShell("sleep 60 & echo $!; wait");
    const [sleeper] = await readLines(child, 1);
    assert.equal(child.signal("SIGKILL"), true);
    await child.exited;
    assert.equal(child.signal("SIGKILL"), false);
    const left = await processes.groupMembers(child.pid);
    assert.deepEqual(left.map(({ pid }) => pid), [Number(sleeper)]);
  });

  it("is known to be there as long as anybody is in it", async () => {
    const child = await startShell("sleep 60 & echo started");
    await readLines(child, 1);
    await child.exited;
    assert.equal(child.hasGroup(), true);
    assert.equal(child.signalGroup("SIGKILL"), true);
    await until(
      async () => (await processes.groupMembers(child.pid)).length === 0,
      "the group is empty",
    );
    const alone = await startShell("exit 0");
    await alone.exited;
    assert.deepEqual([alone.hasGroup(), alone.signalGroup("SIGTERM")], [false, false]);
  });

  it("does not keep `exited` waiting when a grandchild holds the pipes", async () => {
    const child = await startShell("sleep 60 & exit 3");
    assert.deepEqual(await child.exited, { code: 3, signal: null });
  });
});

describe("release()", () => {
  afterEach(endAll);

  it("ends reads that wait while a grandchild holds the pipes", async () => {
    const child = await startShell("sleep 60 & echo started");
    const stdout = child.stdout[Symbol.asyncIterator]();
    const stderr = child.stderr[Symbol.asyncIterator]();
    assert.equal(new TextDecoder().decode((await stdout.next()).value), "started\n");
    const reads = Promise.allSettled([stdout.next(), stderr.next()]);
    await child.exited;
    child.release();
    assert.ok(await settlesWithin(reads, 10_000), "a read still waits");
  });

  it("may come before anything was read, and twice", async () => {
    const child = await startShell("echo unread; echo unread >&2");
    await child.exited;
    child.release();
    child.release();
  });
});
