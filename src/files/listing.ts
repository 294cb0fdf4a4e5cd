/**
 * What the staging folder holds, told from the folder itself: there is no list that could be
 * wrong, or lost.
 * @module
 */
import { type ClaimRecord, expiryOf, isCurrent, longest } from "./claim.ts";
import type { StagingContext } from "./context.ts";
import { Entry, type EntryFile, orAbsent } from "./entry.ts";
import { isImage } from "./image.ts";
import type { StagedFile, StagingMetrics } from "./options.ts";
import { isChecksum } from "./removal.ts";

/** A file as callers see it. */
export function toStagedFile(
  { name, path, sizeBytes }: EntryFile,
  { checksum, record }: { checksum: string; record: ClaimRecord },
): StagedFile {
  return {
    name,
    path,
    kind: isImage(name, record.imageMagic) ? "image" : "file",
    checksum,
    sizeBytes,
    persist: record.persist,
    ttlMs: record.ttlMs,
    stagedAt: record.stagedAt,
    expiresAt: expiryOf(record),
  };
}

/** All files that have not expired, by the time of staging, then by name. */
export async function listStaged(context: StagingContext): Promise<StagedFile[]> {
  const names = await orAbsent(context.files.list(context.root)) ?? [];
  const entries = names.filter(isChecksum).map((checksum) => new Entry(context, checksum));
  const lists: StagedFile[][] = [];
  for (const entry of entries) lists.push(await listEntry(context, entry));
  return lists.flat().sort((a, b) =>
    a.stagedAt - b.stagedAt || compare(a.name, b.name) || compare(a.checksum, b.checksum)
  );
}

async function listEntry(context: StagingContext, entry: Entry): Promise<StagedFile[]> {
  const best = longest(await entry.claims());
  if (!best || !isCurrent(best.record, context.nowMs())) return [];
  const { checksum } = entry;
  return (await entry.list()).map((file) => toStagedFile(file, { checksum, record: best.record }));
}

function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}

/** Counts files, and what their contents take: a content with several names counts once. */
export function measure(
  files: readonly StagedFile[],
): Pick<StagingMetrics, "count" | "bytes" | "persistentCount" | "persistentBytes"> {
  const persistent = files.filter(({ persist }) => persist);
  return {
    count: files.length,
    bytes: contentBytes(files),
    persistentCount: persistent.length,
    persistentBytes: contentBytes(persistent),
  };
}

function contentBytes(files: readonly StagedFile[]): number {
  const sizes = new Map(files.map(({ checksum, sizeBytes }) => [checksum, sizeBytes]));
  return Array.from(sizes.values()).reduce((sum, size) => sum + size, 0);
}
