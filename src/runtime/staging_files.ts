/**
 * The file system as staging needs it, by the `node:fs` that all three runtimes have.
 * @module
 */
import { createHash } from "node:crypto";
import { constants, type Stats } from "node:fs";
import {
  type FileHandle,
  link,
  lstat,
  mkdir,
  open,
  readdir,
  readFile,
  rename,
  rm,
  stat,
} from "node:fs/promises";
import { basename, join, sep } from "node:path";
import process from "node:process";
import type { FileKind, FileStatus, SourceFile, StagingFiles, TargetFile } from "../files/ports.ts";
import { currentOwner, ownerState } from "./staging_owner.ts";

/** The files of this machine. */
export const stagingFiles: StagingFiles = {
  userId: process.getuid?.(),
  separator: sep,
  owner: currentOwner,
  ownerState,
  status: (path) => stat(path).then(toStatus),
  linkStatus: (path) => lstat(path).then(toStatus),
  openSource: async (path) => toSource(await open(path, READ_WITHOUT_WAITING)),
  createFile: async (path) => toTarget(await open(path, "wx", 0o600)),
  readText: (path) => readFile(path, "utf8"),
  async makeFolder(path, options = {}) {
    await mkdir(path, { recursive: options.parents ?? false, mode: 0o700 });
  },
  list: (path) => readdir(path),
  rename: renameAnywhere,
  link,
  remove: removeTree,
  createHash() {
    const hash = createHash("sha256");
    return { update: (chunk) => void hash.update(chunk), digestHex: () => hash.digest("hex") };
  },
  join,
  basename: (path) => basename(path),
};

/** Windows has no such flag, and no pipes in its folders. */
const READ_WITHOUT_WAITING = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);

function toStatus(stats: Stats): FileStatus {
  const hasOwner = process.getuid !== undefined;
  return {
    kind: kindOf(stats),
    sizeBytes: stats.size,
    modifiedMs: stats.mtimeMs,
    ...(hasOwner ? { userId: stats.uid, mode: stats.mode & 0o7777 } : {}),
  };
}

function kindOf(stats: Stats): FileKind {
  if (stats.isFile()) return "file";
  if (stats.isDirectory()) return "folder";
  if (stats.isSymbolicLink()) return "symlink";
  if (stats.isFIFO()) return "fifo";
  if (stats.isSocket()) return "socket";
  return stats.isCharacterDevice() || stats.isBlockDevice() ? "device" : "other";
}

function toSource(file: FileHandle): SourceFile {
  return {
    status: async () => toStatus(await file.stat()),
    read: async (buffer) => (await file.read(buffer, 0, buffer.length, null)).bytesRead,
    close: () => file.close(),
  };
}

function toTarget(file: FileHandle): TargetFile {
  return {
    async write(chunk) {
      let rest = chunk;
      while (rest.length > 0) {
        const { bytesWritten } = await file.write(rest, 0, rest.length);
        rest = rest.subarray(bytesWritten);
      }
    },
    sync: () => file.sync(),
    close: () => file.close(),
  };
}

/** Windows says `EPERM` or `EACCES` where others say that the new name is taken. Untested. */
async function renameAnywhere(from: string, to: string): Promise<void> {
  try {
    await rename(from, to);
  } catch (error) {
    const isTaken = process.platform === "win32" && await isThere(from) && await isThere(to);
    throw isTaken ? Object.assign(new Error(`${to} is there`), { code: "EEXIST" }) : error;
  }
}

/** Another process may be removing the same tree, which some runtimes take for a failure. */
async function removeTree(path: string): Promise<void> {
  for (let tries = 1;; tries++) {
    try {
      return await rm(path, { recursive: true, force: true });
    } catch (error) {
      if (!(await isThere(path))) return;
      if (tries === 3) throw error;
    }
  }
}

function isThere(path: string): Promise<boolean> {
  return lstat(path).then(() => true, () => false);
}
