/**
 * What the testing room needs of the operating system, synchronous so that a fixture is ready in
 * one expression. `node:` modules of this kind work under Node, Bun and Deno alike.
 * @module
 */
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import process from "node:process";

/** Name of the operating system, as Node has it. */
export function platformName(): string {
  return process.platform;
}

/** A copy of the process environment. */
export function processEnv(): Record<string, string> {
  const env: Record<string, string> = {};
  for (const [name, value] of Object.entries(process.env)) {
    if (value !== undefined) env[name] = value;
  }
  return env;
}

/** Joins the parts of a path. */
export function joinPath(...parts: string[]): string {
  return join(...parts);
}

/** Makes a new folder, readable by its owner alone, under the system's temporary folder. */
export function createTempFolder(prefix: string): string {
  return mkdtempSync(join(tmpdir(), prefix));
}

/** Makes a folder. */
export function createFolder(path: string): void {
  mkdirSync(path);
}

/** Writes a file, line by line so that a long one is never held twice. */
export function writeText(path: string, text: Iterable<string>): void {
  writeFileSync(path, "");
  let pending = "";
  for (const piece of text) {
    pending += piece;
    if (pending.length < 1 << 20) continue;
    writeFileSync(path, pending, { flag: "a" });
    pending = "";
  }
  writeFileSync(path, pending, { flag: "a" });
}

/** Lets a file be run as a program. */
export function makeExecutable(path: string): void {
  chmodSync(path, 0o755);
}

/** Makes `link` stand for an existing file. False when that is no file. */
export function linkFile(path: string, link: string): boolean {
  const target = resolve(path);
  if (!statSync(target, { throwIfNoEntry: false })?.isFile()) return false;
  symlinkSync(target, link);
  return true;
}

/** Names of the folder's entries, those changed first in front. */
export function listByAge(folder: string): string[] {
  const ages = readdirSync(folder).map((name) => ({
    name,
    age: statSync(join(folder, name)).mtimeMs,
  }));
  return ages.sort((a, b) => a.age - b.age).map(({ name }) => name);
}

/** A file's text, or undefined where there is no such file. */
export function readText(path: string): string | undefined {
  return existsSync(path) ? readFileSync(path, "utf8") : undefined;
}

/** Removes a file or a whole folder; one that is not there is no error. */
export function removePath(path: string): void {
  rmSync(path, { recursive: true, force: true, maxRetries: 3 });
}
