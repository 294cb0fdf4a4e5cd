/**
 * Taking an entry out of the staging folder.
 * @module
 */
import type { StoredClaim } from "./claim.ts";
import { CHECKSUM_PATTERN, type StagingContext, TRASH_PREFIX } from "./context.ts";
import { deadMark, Entry, marksAmong, orAbsent } from "./entry.ts";
import { hasCode } from "./failures.ts";
import { CONTROL_FOLDER } from "./names.ts";
import { createToken, isRemovalGivenUp, parseToken, type Token } from "./token.ts";

/** What a clean-up took away. */
export interface CleanupResult {
  /** How many files. */
  count: number;
  /** What they took on the disk; a content with several names counts once. */
  bytes: number;
}

/** Decides by its claims whether an entry stays. */
export type IsKept = (claims: readonly StoredClaim[]) => boolean;

/**
 * Removes an entry, unless its claims say otherwise once nobody can add one unseen, or another
 * process removes it. Resolves with undefined when nothing was removed.
 */
export async function removeEntry(
  context: StagingContext,
  entry: Entry,
  isKept: IsKept,
): Promise<CleanupResult | undefined> {
  const token = createToken(context.owner, context.nowMs());
  if (!(await takeMark(context, entry, token))) return undefined;
  try {
    if (!isKept(await entry.claims())) return await moveOut(context, entry, token);
  } catch (error) {
    await entry.returnMark(token).catch(() => {});
    throw error;
  }
  await entry.returnMark(token);
  return undefined;
}

/** Removes an entry that has no mark to take: one of another program, or one that was damaged. */
export async function removeUnmarked(
  context: StagingContext,
  entry: Entry,
): Promise<CleanupResult | undefined> {
  return await moveOut(context, entry, createToken(context.owner, context.nowMs()));
}

/** Whether the process that removes an entry has given up. */
export async function isGivenUp(context: StagingContext, token: Token): Promise<boolean> {
  const state = await context.files.ownerState(token.owner);
  return isRemovalGivenUp(state, context.nowMs() - token.sinceMs);
}

/** Finishes the removal of an entry that was moved out and left there. */
export async function finishRemoval(context: StagingContext, trash: string): Promise<void> {
  const [, checksum, text] = /^([0-9a-f]{64})-(.*)$/.exec(trash.slice(TRASH_PREFIX.length)) ?? [];
  const token = text === undefined ? undefined : parseToken(text);
  if (!token || !checksum || !(await isGivenUp(context, token))) return;
  await discard(context, { checksum, token: token.text });
}

async function takeMark(context: StagingContext, entry: Entry, token: string): Promise<boolean> {
  const state = await entry.state();
  if (state.kind === "live") return await entry.takeMark(token);
  if (state.kind !== "marked" || !state.token) return false;
  return await isGivenUp(context, state.token) && await entry.takeMark(token, state.token);
}

/** Out of sight in one step, so that a crash leaves the whole entry or none. */
async function moveOut(
  context: StagingContext,
  entry: Entry,
  token: string,
): Promise<CleanupResult | undefined> {
  const removed = countFiles(await entry.list());
  const { checksum } = entry;
  const isMoved = await orAbsent(
    context.files.rename(entry.path, trashPath(context, { checksum, token })).then(() => true),
  );
  if (!isMoved) return undefined;
  return await discard(context, { checksum, token }) ? removed : undefined;
}

function countFiles(files: readonly { sizeBytes: number }[]): CleanupResult {
  return { count: files.length, bytes: Math.max(0, ...files.map(({ sizeBytes }) => sizeBytes)) };
}

function trashPath(
  { files, root }: StagingContext,
  { checksum, token }: { checksum: string; token: string },
): string {
  return files.join(root, `${TRASH_PREFIX}${checksum}-${token}`);
}

/**
 * Deletes what was moved out. Where it bears a mark that is not this removal's, somebody took this
 * removal for given up and made the entry anew before it went on: then it goes back.
 */
async function discard(
  context: StagingContext,
  removal: { checksum: string; token: string },
): Promise<boolean> {
  const { files } = context;
  const path = trashPath(context, removal);
  const marks = marksAmong(await orAbsent(files.list(files.join(path, CONTROL_FOLDER))) ?? []);
  const isOurs = marks.every((mark) => mark === deadMark(removal.token));
  if (!isOurs && await putBack(context, { path, checksum: removal.checksum })) return false;
  await files.remove(path);
  return true;
}

async function putBack(
  context: StagingContext,
  { path, checksum }: { path: string; checksum: string },
): Promise<boolean> {
  try {
    await context.files.rename(path, new Entry(context, checksum).path);
    return true;
  } catch (error) {
    if (isOccupied(error)) return false;
    throw error;
  }
}

/** Whether a folder could not be renamed because the new name is taken. */
export function isOccupied(error: unknown): boolean {
  return hasCode(error, "ENOTEMPTY", "EEXIST");
}

/** Whether a name in the staging folder is that of an entry. */
export function isChecksum(name: string): boolean {
  return CHECKSUM_PATTERN.test(name);
}
