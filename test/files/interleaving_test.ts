import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { describe, it } from "node:test";
import fc from "fast-check";
import type { Files } from "../../src/files/files.ts";
import type { StagedFile } from "../../src/files/options.ts";
import { contentsOf, hastyPort, Place, steppedPort } from "./helpers.ts";

const DAY_MS = 86_400_000;

/**
 * Users of a folder whose every step on the disk waits for its turn. Each has swept before, so that
 * it does not do so again by itself.
 */
async function contenders(
  place: Place,
  scheduler: fc.Scheduler,
  options: { count: number; afterTurn?: () => void },
): Promise<Files[]> {
  let isReady = false;
  const users = Array.from({ length: options.count }, (_, index) => {
    const port = steppedPort(hastyPort, async ({ name }) => {
      if (!isReady) return;
      await scheduler.schedule(Promise.resolve(), `${index} ${name}`);
      options.afterTurn?.();
    });
    return place.files({ port });
  });
  await Promise.all(users.map((files) => files.listStaged()));
  isReady = true;
  return users;
}

describe("any order of the steps of several processes", () => {
  it("keeps a file that expired and is staged anew while others sweep", async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), async (scheduler) => {
        using place = new Place();
        place.nowMs -= DAY_MS;
        const path = place.source("a.txt");
        await place.files().stage(path, { ttlMs: 1 });
        const staged: StagedFile[] = [];
        const lost = new Set<string>();
        const afterTurn = () =>
          staged.filter((file) => !existsSync(file.path)).forEach(({ name }) => lost.add(name));
        const users = await contenders(place, scheduler, { count: 3, afterTurn });
        place.nowMs += DAY_MS;
        const [one, two, three] = users as [Files, Files, Files];
        const work = Promise.all([
          one.stage(path).then((file) => staged.push(file)),
          two.stage(path, { name: "b.txt" }).then((file) => staged.push(file)),
          three.sweep().then(() => three.sweep()),
        ]);
        await scheduler.waitFor(work);

        assert.equal(staged.length, 2);
        assert.deepEqual(lost, new Set());
        const files = place.files();
        assert.deepEqual((await files.listStaged()).map(({ name }) => name).sort(), [
          "a.txt",
          "b.txt",
        ]);
        assert.equal(new Set(await contentsOf(files)).size, 1);
        assert.deepEqual(place.strays(), []);
      }),
      { numRuns: 25 },
    );
  });

  it("never leaves half an entry, when one stages, one removes all and one lists", async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), fc.boolean(), async (scheduler, isThereBefore) => {
        using place = new Place();
        const path = place.source("a.txt");
        if (isThereBefore) await place.files().stage(path);

        const [one, two, three] = await contenders(place, scheduler, { count: 3 }) as [
          Files,
          Files,
          Files,
        ];
        const work = Promise.all([one.stage(path), two.reset(), three.listStaged()]);
        await scheduler.waitFor(work);

        const files = place.files();
        const staged = await files.listStaged();
        assert.deepEqual(place.names(), staged.map(({ checksum }) => checksum));
        assert.deepEqual(await contentsOf(files), staged.map(({ checksum }) => checksum));
        assert.deepEqual(place.strays(), []);
      }),
      { numRuns: 25 },
    );
  });

  it("keeps the longest of the claims that are made at once", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.scheduler(),
        fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 2, maxLength: 4 }),
        async (scheduler, days) => {
          using place = new Place();
          const path = place.source("a.txt");
          const contending = await contenders(place, scheduler, { count: days.length });
          const work = Promise.all(
            contending.map((files, index) => files.stage(path, { ttlMs: days[index]! * DAY_MS })),
          );
          await scheduler.waitFor(work);
          const [staged] = await place.files().listStaged();
          assert.equal(staged?.ttlMs, Math.max(...days) * DAY_MS);
        },
      ),
      { numRuns: 25 },
    );
  });
});
