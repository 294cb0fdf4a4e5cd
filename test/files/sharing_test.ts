import assert from "node:assert/strict";
import { existsSync, readdirSync, statSync, truncateSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { describe, it } from "node:test";
import type { StagingMetrics } from "../../src/files/options.ts";
import { contentsOf, Place, sha256, type StagingChild, startProgram } from "./helpers.ts";

const PROCESSES = 8;

async function reports(
  children: StagingChild[],
): Promise<{ lost: string[]; metrics: StagingMetrics }[]> {
  const ended = await Promise.all(children.map((child) => child.ended));
  for (const { code, stderr } of ended) assert.equal(code, 0, stderr);
  return ended.map(({ stdout }) => JSON.parse(stdout));
}

/** Waits until a file of at least one byte is being copied, for a minute at most. */
async function awaitCopy(root: string): Promise<void> {
  for (let tries = 0; tries < 30_000; tries++) {
    const workspaces = existsSync(root)
      ? readdirSync(root).filter((name) => name.startsWith(".tmp-"))
      : [];
    const copies = workspaces.map((name) => join(root, name, "entry", "big.bin"));
    const sizes = copies.map((path) => statSync(path, { throwIfNoEntry: false })?.size ?? 0);
    if (sizes.some((size) => size > 0)) return;
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  assert.fail("nothing was copied");
}

describe("several processes on one staging folder", () => {
  it("stage the same and different files at once: each content once, none lost", async () => {
    using place = new Place();
    const shared = ["a.txt", "b.txt", "c.txt"].map((name) => place.source(name));
    const own = Array.from({ length: PROCESSES }, (_, index) => place.source(`own-${index}`));
    const children = own.map((path) => startProgram(["stage", place.root, ...shared, path]));

    const ended = await reports(children);
    const files = place.files();
    const staged = await files.listStaged();
    assert.deepEqual(
      staged.map(({ name }) => name).sort(),
      ["a.txt", "b.txt", "c.txt", ...own.map((_, index) => `own-${index}`)],
    );
    assert.deepEqual(await contentsOf(files), staged.map(({ checksum }) => checksum));
    assert.deepEqual(ended.flatMap(({ lost }) => lost), []);
    assert.deepEqual(place.strays(), []);
    const copies = ended.reduce((sum, { metrics }) => sum + metrics.stagedCount, 0);
    assert.equal(copies, shared.length + PROCESSES);
  });

  it("lose nothing while all of them sweep what expires and stage it anew", async () => {
    using place = new Place();
    const rounds = 15;
    const sources = Array.from({ length: rounds }, (_, round) => `shared-${round}`);
    sources.forEach((name) => place.source(name));
    const args = ["contend", place.root, place.folder, String(rounds)];
    const ended = await reports(Array.from({ length: PROCESSES }, () => startProgram(args)));

    assert.deepEqual(ended.flatMap(({ lost }) => lost), []);
    assert.deepEqual(place.strays(), []);
    const contents = new Set(await contentsOf(place.files()));
    assert.deepEqual(contents, new Set(sources.map(sha256)));
  });

  it("clean up after one that was killed in the middle of a copy", async () => {
    using place = new Place();
    const files = place.files();
    const kept = await files.stage(place.source("kept.txt"));
    const big = place.source("big.bin", "");
    truncateSync(big, 512 * 1024 * 1024);
    const child = startProgram(["stage", place.root, big]);
    await awaitCopy(place.root);
    process.kill(child.pid, "SIGKILL");
    assert.equal((await child.ended).signal, "SIGKILL");
    assert.equal(place.strays().length, 1);

    assert.deepEqual(await files.sweep(), { count: 0, bytes: 0 });
    assert.deepEqual(place.names(), [kept.checksum]);
    assert.deepEqual(await files.listStaged(), [kept]);
  });

  it("leave alone what one is copying, even with reset()", async () => {
    using place = new Place();
    const big = place.source("big.bin", "");
    truncateSync(big, 256 * 1024 * 1024);
    const child = startProgram(["stage", place.root, big]);
    await awaitCopy(place.root);
    const files = place.files();
    await files.reset();
    await files.forceCleanup();
    const [report] = await reports([child]);
    assert.equal(report?.metrics.stagedCount, 1);
  });
});
