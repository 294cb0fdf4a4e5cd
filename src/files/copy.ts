/**
 * Reading a file once, hashing and copying it on the way.
 * @module
 */
import { CodexError } from "../errors.ts";
import { sourceFailure } from "./failures.ts";
import { MAGIC_BYTES } from "./image.ts";
import type { FileStatus, SourceFile, StagingFiles, TargetFile } from "./ports.ts";

/** What is known of a content that was read to its end. */
export interface Digest {
  /** SHA-256, 64 lower-case hex digits. */
  checksum: string;
  sizeBytes: number;
  /** The first bytes, as many as tell an image. */
  head: Uint8Array;
}

const CHUNK_BYTES = 256 * 1024;

/**
 * Reads a caller's file, and copies it to a new file when a target is named.
 *
 * @throws {CodexError} `attachment_missing`, `attachment_unreadable`, `attachment_not_file`. A
 * failure of the target is the system's own error, and leaves the half-written target behind.
 */
export async function readSource(
  files: StagingFiles,
  options: { path: string; target?: string },
): Promise<Digest> {
  const { path } = options;
  // Before it is opened, because opening alone does something to some devices.
  requireFile(await files.status(path).catch(failAs(path)), path);
  const source = await files.openSource(path).catch(failAs(path));
  try {
    // Again, because the path may lead elsewhere by now.
    requireFile(await source.status().catch(failAs(path)), path);
    const read = (buffer: Uint8Array) => source.read(buffer).catch(failAs(path));
    return await digestOf(files, { read, target: options.target });
  } finally {
    await source.close();
  }
}

/** Reads a file of the staging folder. Rejects with the system's own error. */
export async function readStaged(files: StagingFiles, path: string): Promise<Digest> {
  const source = await files.openSource(path);
  try {
    return await digestOf(files, { read: (buffer) => source.read(buffer) });
  } finally {
    await source.close();
  }
}

async function digestOf(
  files: StagingFiles,
  options: { read: SourceFile["read"]; target?: string | undefined },
): Promise<Digest> {
  if (options.target === undefined) return await pump(files, options.read);
  const target = await files.createFile(options.target);
  try {
    const digest = await pump(files, options.read, target);
    // The name that it gets next must never stand for an empty file after a loss of power.
    await target.sync();
    return digest;
  } finally {
    await target.close();
  }
}

async function pump(
  files: StagingFiles,
  read: SourceFile["read"],
  target?: TargetFile,
): Promise<Digest> {
  const hash = files.createHash();
  const buffer = new Uint8Array(CHUNK_BYTES);
  let head = new Uint8Array(0);
  let sizeBytes = 0;
  for (let count = await read(buffer); count > 0; count = await read(buffer)) {
    const chunk = buffer.subarray(0, count);
    hash.update(chunk);
    if (head.length < MAGIC_BYTES) head = firstBytes(head, chunk);
    sizeBytes += count;
    await target?.write(chunk);
  }
  return { checksum: hash.digestHex(), sizeBytes, head };
}

function firstBytes(head: Uint8Array, chunk: Uint8Array): Uint8Array<ArrayBuffer> {
  return Uint8Array.from([...head, ...chunk.subarray(0, MAGIC_BYTES - head.length)]);
}

function requireFile({ kind }: FileStatus, path: string): void {
  if (kind === "file") return;
  throw new CodexError(
    "attachment_not_file",
    `Only files can be staged, and ${path} is a ${kind}.`,
    {
      details: { path, kind },
    },
  );
}

function failAs(path: string): (cause: unknown) => never {
  return (cause) => {
    throw sourceFailure(cause, path);
  };
}
