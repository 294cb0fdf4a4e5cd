/**
 * File access for all three runtimes, by the `node:fs` that each of them has.
 * @module
 */
import { mkdtemp, open, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { RuntimeFiles } from "../core/ports.ts";

/** The files of this machine. */
export const files: RuntimeFiles = {
  isFile: (path) => stat(path).then((entry) => entry.isFile(), () => false),
  isDirectory: (path) => stat(path).then((entry) => entry.isDirectory(), () => false),
  readTextFile: (path) => readFile(path, "utf8"),
  readTextTail,
  readDirectory: (path) => readdir(path),
  makeTempDirectory: (prefix) => mkdtemp(join(tmpdir(), prefix)),
  writeTextFile: (path, text) => writeFile(path, text, { encoding: "utf8", mode: 0o600 }),
  remove: (path) => rm(path, { recursive: true, force: true }),
  join,
  dirname,
};

/** The user's own folder. */
export function homeDirectory(): string {
  return homedir();
}

async function readTextTail(path: string, maxBytes: number): Promise<string> {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    const buffer = new Uint8Array(Math.min(size, maxBytes));
    const { bytesRead } = await file.read(buffer, 0, buffer.length, size - buffer.length);
    return new TextDecoder().decode(buffer.subarray(0, bytesRead));
  } finally {
    await file.close();
  }
}
