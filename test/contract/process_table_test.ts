import assert from "node:assert/strict";
import { afterEach, describe, it } from "node:test";
import { endAll, readLines, runtime, startShell, until } from "./helpers.ts";

const { processes } = runtime;

describe("the process table", () => {
  afterEach(endAll);

  it("tells descendants of any depth, those in sessions of their own included", async () => {
    const child = await startShell(
      `sh -c 'sleep 60 & echo $!; wait' &
       if command -v setsid >/dev/null; then setsid sh -c 'echo $$; exec sleep 60' & else sleep 60 & echo $!; fi
       wait`,
    );
    const pids = (await readLines(child, 2)).map(Number);
    const descendants = await processes.descendants(child.pid);
    assert.deepEqual(pids.filter((pid) => !descendants.some((one) => one.pid === pid)), []);
    assert.equal(descendants.length, 3);
    assert.ok(descendants.every(({ pid }) => pid !== child.pid));
    for (const one of descendants) assert.equal(processes.signal(one, "SIGKILL"), true);
    await until(
      async () => (await processes.alive(descendants)).length === 0,
      "the descendants are gone",
    );
  });

  it("tells none for a process that has none, or is not there", async () => {
    const child = await startShell("exec sleep 60");
    assert.deepEqual(await processes.descendants(child.pid), []);
    assert.deepEqual(await processes.descendants(2 ** 22 + 1), []);
    assert.deepEqual(await processes.groupMembers(2 ** 22 + 1), []);
  });

  it("tells a process from a later one with the same pid", async () => {
    const child = await startShell("exec sleep 60");
    const [one] = await processes.groupMembers(child.pid);
    assert.ok(one);
    assert.deepEqual(await processes.alive([one, { pid: one.pid, startTime: "another" }]), [one]);
    assert.deepEqual(await processes.alive([]), []);
  });

  it("finds the process that has a pid, and none where nobody has it", async () => {
    const child = await startShell("exec sleep 60");
    const found = await processes.find(child.pid);
    assert.deepEqual([found], await processes.groupMembers(child.pid));
    assert.equal(await processes.find(2 ** 22 + 1), undefined);
  });

  it("counts a zombie as gone", async () => {
    const child = await startShell("sh -c 'echo $$' & exec sleep 60");
    const [pid] = await readLines(child, 1);
    await until(
      async () => !(await processes.descendants(child.pid)).some((one) => one.pid === Number(pid)),
      "the zombie is not listed",
    );
  });

  it("is false about a signal to a process that is gone", () => {
    assert.equal(processes.signal({ pid: 2 ** 22 + 1, startTime: "" }, "SIGTERM"), false);
  });
});
