import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { isCodexError } from "../../src/errors.ts";
import type { Files } from "../../src/files/files.ts";
import type { StagingFiles } from "../../src/files/ports.ts";
import {
  contentsOf,
  hastyPort,
  Place,
  portOf,
  type Step,
  steppedPort,
  systemError,
} from "./helpers.ts";

const DAY_MS = 86_400_000;

/** A folder with a persistent, an expired and a current file in it. */
async function prepare(place: Place): Promise<void> {
  const files = place.files();
  place.nowMs -= DAY_MS;
  await files.stage(place.source("expired.txt"), { ttlMs: 1 });
  place.nowMs += DAY_MS;
  await files.stage(place.source("persistent.txt"), { persist: true });
  await files.stage(place.source("current.txt"));
}

/** What may be cut short, and which files must be there afterwards, whenever it was. */
const TASKS: {
  title: string;
  run: (files: Files, place: Place) => Promise<unknown>;
  kept: string[];
}[] = [
  {
    title: "the staging of a new file",
    run: (files, place) => files.stage(place.source("new.txt")),
    kept: ["current.txt", "persistent.txt"],
  },
  {
    title: "the staging of a content that is there, under a new name",
    run: (files, place) =>
      files.stage(place.source("other.txt", "current.txt"), { ttlMs: 2 * DAY_MS }),
    kept: ["current.txt", "persistent.txt"],
  },
  {
    title: "the staging of a file that has expired",
    run: (files, place) => files.stage(place.source("expired.txt")),
    kept: ["current.txt", "persistent.txt"],
  },
  {
    title: "a sweep",
    run: (files) => files.sweep(),
    kept: ["current.txt", "persistent.txt"],
  },
  { title: "forceCleanup()", run: (files) => files.forceCleanup(), kept: ["persistent.txt"] },
  { title: "reset()", run: (files) => files.reset(), kept: [] },
];

/** Runs a task that never gets beyond a step, as in a process that is killed there. */
async function runUntil(
  last: number,
  run: (port: StagingFiles) => Promise<unknown>,
): Promise<boolean> {
  let steps = 0;
  const { port, closeAll } = closingPort(await portOf("gone"));
  await new Promise((resolve, reject) => {
    const stepped = steppedPort(port, async () => {
      if (++steps > last) await new Promise(() => resolve(undefined));
    });
    run(stepped).then(resolve, reject);
  });
  await closeAll();
  return steps <= last;
}

/** A port whose files can all be closed, as they are at the end of a process. */
function closingPort(port: StagingFiles): { port: StagingFiles; closeAll(): Promise<void> } {
  const open = new Set<() => Promise<void>>();
  const watch = <F extends { close(): Promise<void> }>(file: F): F => {
    const close = () => open.delete(close) ? file.close() : Promise.resolve();
    open.add(close);
    return { ...file, close };
  };
  return {
    port: {
      ...port,
      openSource: async (path) => watch(await port.openSource(path)),
      createFile: async (path) => watch(await port.createFile(path)),
    },
    async closeAll() {
      await Promise.all(Array.from(open, (close) => close()));
    },
  };
}

describe("a crash", () => {
  for (const { title, run, kept } of TASKS) {
    it(`at any step of ${title} leaves a folder that the next sweep puts right`, async () => {
      for (let last = 0, isOver = false; !isOver; last++) {
        using place = new Place();
        await prepare(place);
        isOver = await runUntil(last, (port) => run(place.files({ port }), place));

        const files = place.files();
        await files.sweep();
        assert.deepEqual(place.strays(), [], `step ${last}`);
        const staged = await files.listStaged();
        const names = staged.map(({ name }) => name);
        assert.deepEqual(kept.filter((name) => !names.includes(name)), [], `step ${last}`);
        assert.ok(!names.includes("expired.txt") || title.includes("expired"), `step ${last}`);
        assert.deepEqual(new Set(place.names()), new Set(staged.map(({ checksum }) => checksum)));
        assert.deepEqual(await contentsOf(files), staged.map(({ checksum }) => checksum));
      }
    });

    it(`at any step of ${title} keeps nobody from staging the same`, async () => {
      for (let last = 0, isOver = false; !isOver; last++) {
        using place = new Place();
        await prepare(place);
        isOver = await runUntil(last, (port) => run(place.files({ port }), place));

        const files = place.files();
        for (const name of ["new.txt", "current.txt", "expired.txt"]) {
          await files.stage(place.source(name));
        }
        await files.sweep();
        const names = (await files.listStaged()).map(({ name }) => name);
        for (const name of ["new.txt", "current.txt", "expired.txt"]) {
          assert.ok(names.includes(name), `step ${last}: ${names}`);
        }
        assert.deepEqual(place.strays(), []);
      }
    });
  }
});

/** Runs a task with one step that fails. */
async function runFailing(
  failing: number,
  options: { code: string; isAffected: (step: Step) => boolean; place: Place },
): Promise<{ isOver: boolean; error: unknown }> {
  let steps = 0;
  const port = steppedPort(hastyPort, (step) => {
    if (options.isAffected(step) && ++steps === failing) throw systemError(options.code);
  });
  const files = options.place.files({ port });
  const error = await files.stage(options.place.source("new.txt", "new content"))
    .then(() => undefined, (error) => error);
  return { isOver: steps < failing, error };
}

describe("a full disk", () => {
  const WRITES = ["makeFolder", "createFile", "write", "sync", "rename", "link"];

  it("at any step of staging is staging_full, and leaves nothing behind", async () => {
    let failures = 0;
    for (let failing = 1, isOver = false; !isOver; failing++) {
      using place = new Place();
      await prepare(place);
      const before = await place.files().listStaged();
      const isAffected = ({ name }: Step) => WRITES.includes(name);
      const outcome = await runFailing(failing, { code: "ENOSPC", isAffected, place });
      isOver = outcome.isOver;
      assert.deepEqual(place.strays(), []);
      if (outcome.error === undefined) continue;
      failures++;
      assert.ok(isCodexError(outcome.error, "staging_full"), String(outcome.error));
      assert.equal(outcome.error.details.path, place.root);
      assert.deepEqual(await place.files().listStaged(), before);
    }
    assert.ok(failures >= 10, `${failures} failures`);
  });

  it("in the sweep that comes before does not stop staging, and is counted", async () => {
    using place = new Place();
    await prepare(place);
    const port = steppedPort(hastyPort, ({ name, args }) => {
      if (name === "rename" && String(args[1]).includes(".trash-")) throw systemError("EIO");
    });
    const files = place.files({ port });
    await files.stage(place.source("new.txt"));
    assert.equal((await files.metrics()).cleanupFailures, 1);
    await assert.rejects(files.sweep(), {
      code: "staging_failed",
      details: { reason: "EIO", path: place.root },
    });
    assert.deepEqual(await place.files().sweep(), { count: 1, bytes: "expired.txt".length });
  });

  it("does not keep from staging what is there already", async () => {
    using place = new Place();
    await prepare(place);
    const port = steppedPort(hastyPort, ({ name, args }) => {
      const isContent = name === "createFile" && String(args[0]).endsWith("current.txt");
      if (isContent) throw systemError("ENOSPC");
    });
    const files = place.files({ port });
    await files.stage(place.source("current.txt"));
    assert.equal((await files.metrics()).hits, 1);
  });
});
