import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import {
  chmodSync,
  chownSync,
  existsSync,
  lchownSync,
  mkdirSync,
  readdirSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { describe, it } from "node:test";
import { isCodexError } from "../../src/errors.ts";
import { EventBus } from "../../src/events/bus.ts";
import { createFiles } from "../../src/files/files.ts";
import { stagingFiles } from "../../src/runtime/staging_files.ts";
import { stagingPlatform } from "../../src/runtime/staging_platform.ts";
import { Place, sha256, steppedPort, systemError } from "./helpers.ts";

const isPosix = process.platform !== "win32";
const isRoot = process.getuid?.() === 0;
const NOBODY = 65534;

describe("stage() refuses", () => {
  it("what is not there, is a folder, a pipe or a device", async () => {
    using place = new Place();
    const files = place.files();
    const fifo = join(place.folder, "fifo");
    if (isPosix) execFileSync("mkfifo", [fifo]);
    symlinkSync(join(place.folder, "nowhere"), join(place.folder, "broken"));
    const cases: [string, string, Record<string, string>][] = [
      [join(place.folder, "no"), "attachment_missing", {}],
      [join(place.source("a.txt"), "no"), "attachment_missing", {}],
      [join(place.folder, "broken"), "attachment_missing", {}],
      [place.folder, "attachment_not_file", { kind: "folder" }],
      ...(isPosix
        ? [
          [fifo, "attachment_not_file", { kind: "fifo" }],
          ["/dev/null", "attachment_not_file", { kind: "device" }],
          ["/dev/zero", "attachment_not_file", { kind: "device" }],
        ] as [string, string, Record<string, string>][]
        : []),
    ];
    for (const [path, code, details] of cases) {
      await assert.rejects(files.stage(path), { code, details: { path, ...details } }, path);
    }
    assert.deepEqual(place.names(), []);
  });

  it("a pipe that takes the place of the file at the last moment, without waiting for a writer", {
    skip: !isPosix,
  }, async () => {
    using place = new Place();
    const fifo = join(place.folder, "fifo");
    execFileSync("mkfifo", [fifo]);
    const path = place.source("a.txt");
    const files = place.files({
      port: { ...stagingFiles, openSource: () => stagingFiles.openSource(fifo) },
    });
    await assert.rejects(files.stage(path), { code: "attachment_not_file" });
  });

  it("a file that it may not read, or that fails while it is read", async () => {
    using place = new Place();
    const path = place.source("a.txt");
    for (const code of ["EACCES", "EIO", "ELOOP"]) {
      const port = steppedPort(stagingFiles, ({ name }) => {
        if (name === "openSource") throw systemError(code);
      });
      await assert.rejects(place.files({ port }).stage(path), {
        code: "attachment_unreadable",
        details: { path, reason: code },
      });
    }
    const failing = async (path: string) => ({
      ...await stagingFiles.openSource(path),
      read: () => Promise.reject(systemError("EIO")),
    });
    const files = place.files({ port: { ...stagingFiles, openSource: failing } });
    await assert.rejects(files.stage(path), { code: "attachment_unreadable" });
    assert.deepEqual(place.names(), []);
  });

  it("names that leave the folder or cannot be written down, and makes nothing", async () => {
    using place = new Place();
    const files = place.files();
    const path = place.source("a.txt");
    const names = ["", ".", "..", "../a", "a/b", "/etc/passwd", "..\\a", "a\0b", "a\nb", "\ud800"];
    for (const name of names) {
      await assert.rejects(files.stage(path, { name }), (error) => {
        assert.ok(isCodexError(error, "attachment_name"), String(error));
        assert.equal(error.details.name, name);
        return true;
      });
    }
    assert.equal(existsSync(place.root), false);
  });

  it("options that make no sense", async () => {
    using place = new Place();
    const files = place.files();
    const path = place.source("a.txt");
    for (const ttlMs of [0, -1, NaN, -Infinity]) {
      await assert.rejects(files.stage(path, { ttlMs }), RangeError);
    }
    for (const wrong of [{ ttlMs: "1" }, { name: 1 }, { persist: "yes" }]) {
      await assert.rejects(files.stage(path, wrong as never), TypeError);
    }
    for (const wrong of ["", "a\0b", 1, undefined]) {
      await assert.rejects(files.stage(wrong as string), TypeError);
    }
  });
});

describe("a staging folder", () => {
  const folderError = (reason: string) => ({ code: "staging_folder", details: { reason } });

  async function assertRefused(place: Place, reason: string): Promise<void> {
    await assert.rejects(place.files().stage(place.source("a.txt")), (error) => {
      assert.ok(isCodexError(error, "staging_folder"), String(error));
      assert.deepEqual(error.details, { path: place.root, ...folderError(reason).details });
      assert.match(error.message, /CODEX_STAGING_DIR/);
      return true;
    });
  }

  it("that is a file is refused", async () => {
    using place = new Place();
    place.source("staged", "a file");
    await assertRefused(place, "it is no folder");
  });

  it("that others may write to is refused, and its mode left alone", {
    skip: !isPosix,
  }, async () => {
    using place = new Place();
    mkdirSync(place.root);
    for (const mode of [0o777, 0o1777, 0o770]) {
      chmodSync(place.root, mode);
      await assertRefused(place, "other users may write to it");
      assert.equal(statSync(place.root).mode & 0o7777, mode);
    }
    chmodSync(place.root, 0o755);
    await place.files().stage(place.source("a.txt"));
    assert.equal(statSync(place.root).mode & 0o7777, 0o755);
  });

  it("that belongs to another user, or is another user's link, is refused", {
    skip: !isRoot,
  }, async () => {
    using place = new Place();
    mkdirSync(place.root, { mode: 0o700 });
    chownSync(place.root, NOBODY, NOBODY);
    await assertRefused(place, "it belongs to another user");
    using other = new Place();
    mkdirSync(join(other.folder, "target"), { mode: 0o700 });
    symlinkSync(join(other.folder, "target"), other.root);
    await other.files().stage(other.source("a.txt"));
    lchownSync(other.root, NOBODY, NOBODY);
    await assertRefused(other, "it belongs to another user");
  });

  it("that cannot be made is refused with the reason", async () => {
    using place = new Place();
    for (const code of ["EACCES", "EROFS"]) {
      const port = steppedPort(stagingFiles, ({ name }) => {
        if (name === "makeFolder") throw systemError(code);
      });
      await assert.rejects(place.files({ port }).stage(place.source("a.txt")), {
        code: "staging_folder",
        details: { path: place.root, reason: code },
      });
    }
  });
});

describe("a disk that is really full", () => {
  it("is staging_full, and what is there stays as it is", { skip: !canMount() }, async () => {
    using place = new Place();
    mkdirSync(place.root, { mode: 0o700 });
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=1m,mode=0700", "tmpfs", place.root]);
    try {
      const files = place.files();
      const kept = await files.stage(place.source("kept.txt"));
      const big = place.source("big.bin", new Uint8Array(3_000_000));
      await assert.rejects(files.stage(big), { code: "staging_full" });
      assert.deepEqual(place.names(), [kept.checksum]);
      assert.deepEqual(await files.listStaged(), [kept]);
      const small = await files.stage(place.source("small.txt"));
      assert.deepEqual(place.names(), [kept.checksum, small.checksum].sort());
    } finally {
      execFileSync("umount", [place.root]);
    }
  });
});

/** Whether this user may mount a small file system, tried on a folder of its own. */
function canMount(): boolean {
  if (!isRoot || process.platform !== "linux") return false;
  using place = new Place();
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=64k", "tmpfs", place.folder], {
      stdio: "ignore",
    });
    execFileSync("umount", [place.folder], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

describe("where there is no file system", () => {
  it("staging is unsupported, and importing it costs nothing", async () => {
    const refuse = () => {
      throw Object.assign(new Error(), { code: "unsupported" });
    };
    const files = createFiles({
      platform: { ...stagingPlatform, load: refuse },
      telemetry: new EventBus(),
    });
    await assert.rejects(files.stage("a.txt"), { code: "unsupported" });
  });
});

describe("a source inside the staging folder", () => {
  it("can be staged again under another name", async () => {
    using place = new Place();
    const files = place.files();
    const one = await files.stage(place.source("a.txt"));
    const two = await files.stage(one.path, { name: "b.txt" });
    assert.equal(two.checksum, sha256("a.txt"));
    assert.deepEqual(readdirSync(join(place.root, one.checksum)).sort(), [
      ".codex-staging",
      "a.txt",
      "b.txt",
    ]);
    writeFileSync(one.path, "changed");
    assert.equal((await files.stage(two.path, { name: "c.txt" })).checksum, sha256("changed"));
  });
});
