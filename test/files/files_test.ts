import assert from "node:assert/strict";
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import process from "node:process";
import { describe, it } from "node:test";
import { EventBus } from "../../src/events/bus.ts";
import { createFiles } from "../../src/files/files.ts";
import { CONTROL_FOLDER } from "../../src/files/names.ts";
import { stagingFiles } from "../../src/runtime/staging_files.ts";
import { stagingPlatform } from "../../src/runtime/staging_platform.ts";
import { contentsOf, Place, portOf, sha256, steppedPort, systemError } from "./helpers.ts";

const DAY_MS = 86_400_000;
const PNG = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10, 0, 0);
const hasModes = process.platform !== "win32";

function modeOf(path: string): string {
  return (statSync(path).mode & 0o777).toString(8);
}

describe("stagingDir()", () => {
  const files = (stagingDir?: string, env?: string) =>
    createFiles({
      platform: { ...stagingPlatform, env: () => env },
      telemetry: new EventBus(),
      ...(stagingDir === undefined ? {} : { stagingDir }),
    });

  it("is codex_files in the temporary folder, unless the variable or the option moves it", () => {
    assert.equal(files().stagingDir(), join(tmpdir(), "codex_files"));
    assert.equal(files(undefined, "").stagingDir(), join(tmpdir(), "codex_files"));
    assert.equal(files(undefined, "/var/a").stagingDir(), resolve("/var/a"));
    assert.equal(files("/var/b", "/var/a").stagingDir(), resolve("/var/b"));
    assert.equal(files("some/folder").stagingDir(), resolve("some/folder"));
  });

  it("reads the real environment, and makes nothing", () => {
    using place = new Place();
    const before = process.env["CODEX_STAGING_DIR"];
    process.env["CODEX_STAGING_DIR"] = place.root;
    try {
      const real = createFiles({ platform: stagingPlatform, telemetry: new EventBus() });
      assert.equal(real.stagingDir(), place.root);
      assert.equal(existsSync(place.root), false);
    } finally {
      if (before === undefined) delete process.env["CODEX_STAGING_DIR"];
      else process.env["CODEX_STAGING_DIR"] = before;
    }
  });
});

describe("stage()", () => {
  it("copies a file to <checksum>/<name>, for its owner's eyes only", async () => {
    using place = new Place();
    const staged = await place.files().stage(place.source("notes.txt", "hello"));
    const checksum = sha256("hello");
    assert.deepEqual(staged, {
      name: "notes.txt",
      path: join(place.root, checksum, "notes.txt"),
      kind: "file",
      checksum,
      sizeBytes: 5,
      persist: false,
      ttlMs: DAY_MS,
      stagedAt: place.nowMs,
      expiresAt: place.nowMs + DAY_MS,
    });
    assert.equal(readFileSync(staged.path, "utf8"), "hello");
    assert.deepEqual(place.names(), [checksum]);
    if (!hasModes) return;
    assert.equal(modeOf(staged.path), "600");
    for (const folder of [place.root, dirname(staged.path)]) assert.equal(modeOf(folder), "700");
  });

  it("copies the same content once, and gives it a further name without a copy", async () => {
    using place = new Place();
    const files = place.files();
    const one = await files.stage(place.source("a.txt", "same"));
    const again = await files.stage(one.path);
    const other = await files.stage(place.source("b.txt", "same"));
    assert.deepEqual(again, one);
    assert.equal(other.checksum, one.checksum);
    assert.equal(statSync(other.path).ino, statSync(one.path).ino);
    const { stagedCount, stagedBytes, hits, count, bytes } = await files.metrics();
    assert.deepEqual(
      { stagedCount, stagedBytes, hits, count, bytes },
      { stagedCount: 1, stagedBytes: 4, hits: 2, count: 2, bytes: 4 },
    );
  });

  it("copies for a further name where the disk has no links", async () => {
    using place = new Place();
    const port = steppedPort(stagingFiles, ({ name }) => {
      if (name === "link") throw systemError("EPERM");
    });
    const files = place.files({ port });
    await files.stage(place.source("a.txt", "same"));
    const other = await files.stage(place.source("b.txt", "same"));
    assert.equal(readFileSync(other.path, "utf8"), "same");
    assert.equal((await files.metrics()).stagedCount, 2);
    assert.deepEqual(place.strays(), []);
  });

  it("copies empty and large files byte by byte, under names of any script", async () => {
    using place = new Place();
    const files = place.files();
    const large = new Uint8Array(3_000_001).map((_, index) => index % 251);
    for (const [name, content] of [["empty", ""], ["Größe 大小 🎉.bin", large]] as const) {
      const staged = await files.stage(place.source(name, content));
      assert.equal(staged.checksum, sha256(content));
      assert.equal(sha256(readFileSync(staged.path)), staged.checksum);
      assert.equal(staged.sizeBytes, content.length);
    }
  });

  it("tells images by extension and content", async () => {
    using place = new Place();
    const files = place.files();
    const kinds: Record<string, string> = {};
    const sources: [string, string | Uint8Array][] = [
      ["a.png", PNG],
      ["A.JPG", PNG],
      ["a.txt", PNG],
      ["b.png", "no image"],
    ];
    for (const [name, content] of sources) {
      kinds[name] = (await files.stage(place.source(name, content))).kind;
    }
    assert.deepEqual(kinds, {
      "a.png": "image",
      "A.JPG": "image",
      "a.txt": "file",
      "b.png": "file",
    });
    assert.deepEqual(
      Object.fromEntries((await files.listStaged()).map(({ name, kind }) => [name, kind])),
      kinds,
    );
  });

  it("keeps what asks for the longest time, and says so", async () => {
    using place = new Place();
    const files = place.files();
    const path = place.source("a.txt");
    const expiries = [];
    for (
      const options of [{ ttlMs: 50 }, { ttlMs: 9 }, { ttlMs: Infinity }, { persist: true }, {}]
    ) {
      const { expiresAt, persist } = await files.stage(path, options);
      expiries.push([expiresAt - place.nowMs, persist]);
    }
    assert.deepEqual(expiries, [
      [50, false],
      [50, false],
      [Infinity, false],
      [Infinity, true],
      [Infinity, true],
    ]);
    assert.equal(place.control(sha256("a.txt")).length, 2, "one mark, one claim");
  });

  it("writes a copy again that somebody has changed, removed or made a link", async () => {
    using place = new Place();
    const files = place.files();
    const path = place.source("a.txt");
    const { path: copy } = await files.stage(path);
    const damages = [
      () => writeFileSync(copy, "b.txt"),
      () => rmSync(copy),
      () => (rmSync(copy), symlinkSync(path, copy)),
    ];
    for (const damage of damages) {
      damage();
      await files.stage(path);
      assert.ok(lstatSync(copy).isFile());
      assert.equal(readFileSync(copy, "utf8"), "a.txt");
    }
    assert.deepEqual(place.strays(), []);
  });

  it("stages what it copied, when the source changes meanwhile", async () => {
    using place = new Place();
    const path = place.source("a.txt", "before");
    let opened = 0;
    const port = steppedPort(stagingFiles, ({ name }) => {
      if (name === "openSource" && ++opened === 2) place.source("a.txt", "after!!");
    });
    const files = place.files({ port });
    const staged = await files.stage(path);
    assert.equal(staged.checksum, sha256("after!!"));
    assert.equal(staged.sizeBytes, 7);
    assert.deepEqual(place.names(), [staged.checksum]);
  });

  it("follows a link, and takes the name of the link", async () => {
    using place = new Place();
    const link = join(place.folder, "link.txt");
    symlinkSync(place.source("a.txt"), link);
    const staged = await place.files().stage(link);
    assert.equal(staged.name, "link.txt");
    assert.ok(lstatSync(staged.path).isFile());
  });

  it("uses what another program has put there, once it is intact", async () => {
    using place = new Place();
    const checksum = sha256("a.txt");
    const folder = join(place.root, checksum);
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    writeFileSync(join(folder, "a.txt"), "not that");
    const files = place.files();
    assert.deepEqual(await files.listStaged(), []);
    await files.stage(place.source("a.txt"));
    assert.deepEqual(await contentsOf(files), [checksum]);
  });

  it("goes on when the whole folder is removed in the middle", async () => {
    using place = new Place();
    let isRemoved = false;
    const port = steppedPort(stagingFiles, ({ name }) => {
      if (name !== "sync" || isRemoved) return;
      isRemoved = true;
      rmSync(place.root, { recursive: true });
    });
    const files = place.files({ port });
    await files.stage(place.source("a.txt"));
    assert.ok(isRemoved);
    assert.deepEqual(await contentsOf(files), [sha256("a.txt")]);
    assert.deepEqual(place.strays(), []);
  });
});

describe("cleaning up", () => {
  it("hides what has expired, and removes it with the next sweep", async () => {
    using place = new Place();
    const { files, events } = place.observed();
    await files.stage(place.source("short.txt"), { ttlMs: 1000 });
    const long = await files.stage(place.source("endless.txt"), { ttlMs: Infinity });
    place.nowMs += 999;
    assert.equal((await files.listStaged()).length, 2);
    place.nowMs += 1;
    assert.deepEqual(await files.listStaged(), [long]);
    assert.equal(place.names().length, 2);
    assert.deepEqual(await files.sweep(), { count: 1, bytes: 9 });
    assert.deepEqual(place.names(), [long.checksum]);
    assert.deepEqual(await files.sweep(), { count: 0, bytes: 0 });
    assert.deepEqual(events.named("codex.attachment.cleaned").map((event) => event.measurements), [
      { count: 1, bytes: 9 },
    ]);
  });

  it("sweeps by itself when a file is staged or the list is asked for", async () => {
    using place = new Place();
    await place.files().stage(place.source("short.txt"), { ttlMs: 1 });
    place.nowMs += 1;
    await place.files().listStaged();
    assert.deepEqual(place.names(), []);
    await place.files().stage(place.source("short.txt"), { ttlMs: 1 });
    place.nowMs += 1;
    const staged = await place.files().stage(place.source("other.txt"));
    assert.deepEqual(place.names(), [staged.checksum]);
  });

  it("forceCleanup() keeps what is persistent, reset() nothing", async () => {
    using place = new Place();
    const { files, events } = place.observed();
    await files.stage(place.source("a.txt"), { ttlMs: Infinity });
    await files.stage(place.source("second.txt", "a.txt"));
    const kept = await files.stage(place.source("kept.txt"), { persist: true });
    assert.deepEqual(await files.forceCleanup(), { count: 2, bytes: 5 });
    assert.deepEqual(await files.listStaged(), [kept]);
    assert.deepEqual(await files.reset(), { count: 1, bytes: 8 });
    assert.deepEqual(place.names(), []);
    assert.deepEqual(await files.metrics(), {
      count: 0,
      bytes: 0,
      persistentCount: 0,
      persistentBytes: 0,
      stagedCount: 2,
      stagedBytes: 13,
      hits: 1,
      cleanedCount: 3,
      cleanedBytes: 13,
      cleanupFailures: 0,
    });
    assert.equal(events.named("codex.attachment.cleaned").length, 2);
  });

  it("touches nothing that is not its own; reset() removes foreign entries too", async () => {
    using place = new Place();
    const files = place.files();
    await files.stage(place.source("a.txt"));
    const foreign = join(place.root, sha256("foreign"));
    mkdirSync(foreign);
    writeFileSync(join(place.root, "README"), "mine");
    mkdirSync(join(place.root, ".tmp-mine"));
    await files.forceCleanup();
    assert.deepEqual(place.names(), [".tmp-mine", sha256("foreign"), "README"].sort());
    await files.reset();
    assert.deepEqual(place.names(), [".tmp-mine", "README"]);
  });

  it("is no error before anything was staged, and makes no folder", async () => {
    using place = new Place();
    const files = place.files();
    assert.deepEqual(await files.forceCleanup(), { count: 0, bytes: 0 });
    assert.deepEqual(await files.reset(), { count: 0, bytes: 0 });
    assert.deepEqual(await files.listStaged(), []);
    assert.equal((await files.metrics()).count, 0);
    assert.equal(existsSync(place.root), false);
  });

  it("keeps an entry for a day whose claims it cannot read, such as a later version's", async () => {
    using place = new Place();
    const files = place.files();
    const { checksum } = await files.stage(place.source("a.txt"), { persist: true });
    const control = join(place.root, checksum, CONTROL_FOLDER);
    const claim = readdirSync(control).find((name) => name.startsWith("claim-"))!;
    for (const text of ["", "{", '{"version":2}', '{"version":1,"ttlMs":-1}']) {
      writeFileSync(join(control, claim), text);
      await files.sweep();
      assert.equal((await files.listStaged()).length, 1, text);
    }
    place.nowMs += DAY_MS + 60_000;
    assert.deepEqual(await files.sweep(), { count: 1, bytes: 5 });
  });
});

describe("what other processes left in the middle of their work", () => {
  /** Leaves a workspace behind, as a process that was killed does. */
  async function abandon(place: Place, state: "gone" | "unknown" | "alive"): Promise<void> {
    const port = steppedPort(await portOf(state), ({ name, args }) => {
      if (name === "remove" && String(args[0]).includes(".tmp-")) throw systemError("EIO");
      if (name === "rename") throw systemError("EIO");
    });
    await assert.rejects(place.files({ port }).stage(place.source("a.txt")), {
      code: "staging_failed",
    });
    assert.equal(place.strays().length, 1);
  }

  it("is removed at once when the process is gone", async () => {
    using place = new Place();
    await abandon(place, "gone");
    await place.files().sweep();
    assert.deepEqual(place.strays(), []);
  });

  it("stays while the process runs, however old it is", async () => {
    using place = new Place();
    await abandon(place, "alive");
    place.nowMs += 100 * DAY_MS;
    await place.files().reset();
    assert.equal(place.strays().length, 1);
  });

  it("of another machine goes after an hour without progress", async () => {
    using place = new Place();
    await abandon(place, "unknown");
    await place.files().sweep();
    assert.equal(place.strays().length, 1);
    place.nowMs = Date.now() + 3_700_000;
    await place.files().sweep();
    assert.deepEqual(place.strays(), []);
  });

  it("is finished when it is a removal, or undone where the entry was made anew", async () => {
    using place = new Place();
    const files = place.files();
    const port = steppedPort(await portOf("gone"), ({ name, args }) => {
      if (name === "remove" && String(args[0]).includes(".trash-")) throw systemError("EIO");
    });
    const { checksum } = await files.stage(place.source("a.txt"));
    await assert.rejects(place.files({ port }).reset(), { code: "staging_failed" });
    const [trash] = place.strays() as [string];

    // A removal that slept so long that the entry was made anew before it went on.
    const anew = await files.stage(place.source("a.txt"));
    rmSync(join(place.root, trash), { recursive: true });
    renameSync(join(place.root, checksum), join(place.root, trash));
    await files.sweep();
    assert.deepEqual(place.strays(), []);
    assert.deepEqual(await files.listStaged(), [anew]);
  });
});

describe("files across processes", () => {
  it("shows what earlier ones have staged", async () => {
    using place = new Place();
    const one = await place.files().stage(place.source("a.txt"), { persist: true });
    place.nowMs += 5;
    const two = await place.files().stage(place.source("b.txt"), { ttlMs: 50 });
    assert.deepEqual(await place.files().listStaged(), [one, two]);
  });
});

describe("events of staging", () => {
  it("announce each staged file, and never its content or where it came from", async () => {
    using place = new Place();
    const { files, events } = place.observed();
    const path = place.source("a.txt");
    await files.stage(path, { ttlMs: 5 });
    await files.stage(path, { name: "b.txt", persist: true });
    const payload = { originator: "sdk", checksum: sha256("a.txt") };
    assert.deepEqual(events.events, [
      {
        name: "codex.attachment.staged",
        measurements: { size_bytes: 5 },
        metadata: { ...payload, name: "a.txt", persist: false, ttl_ms: 5 },
      },
      {
        name: "codex.attachment.staged",
        measurements: { size_bytes: 5 },
        metadata: { ...payload, name: "b.txt", persist: true, ttl_ms: Infinity },
      },
    ]);
  });
});

describe("attach()", () => {
  it("gives new thread options with one more attachment, each path once", async () => {
    using place = new Place();
    const files = place.files();
    const one = await files.stage(place.source("a.txt"));
    const two = await files.stage(place.source("b.txt"));
    const options = Object.freeze({ model: "gpt-5" });
    const attached = files.attach(files.attach(files.attach(options, one), two), one);
    assert.deepEqual(attached, { model: "gpt-5", attachments: [two, one] });
    assert.deepEqual(options, { model: "gpt-5" });
  });

  it("refuses what is no attachment", () => {
    using place = new Place();
    for (const wrong of [undefined, null, "a.txt", { path: "a.txt" }]) {
      assert.throws(() => place.files().attach({}, wrong as never), TypeError);
    }
  });
});
