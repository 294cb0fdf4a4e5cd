/**
 * One pass over the staging folder.
 * @module
 */
import { isCurrent, type StoredClaim } from "./claim.ts";
import { type StagingContext, TRASH_PREFIX, WORKSPACE_PREFIX } from "./context.ts";
import { Entry, orAbsent } from "./entry.ts";
import {
  type CleanupResult,
  finishRemoval,
  isChecksum,
  type IsKept,
  removeEntry,
  removeUnmarked,
} from "./removal.ts";
import { isCopyGivenUp, parseToken } from "./token.ts";

/** What a pass removes: what has expired, all but persistent files, or all. */
export type SweepScope = "expired" | "unpersistent" | "all";

/** What a pass did, and what stood in its way. */
export interface SweepResult extends CleanupResult {
  failures: unknown[];
}

/**
 * Removes entries, and whatever crashed processes have left. What a running process is staging is
 * never touched, whatever the scope; nor is anything that staging does not make.
 */
export async function sweep(context: StagingContext, scope: SweepScope): Promise<SweepResult> {
  const result: SweepResult = { count: 0, bytes: 0, failures: [] };
  for (const name of await orAbsent(context.files.list(context.root)) ?? []) {
    try {
      const removed = await sweepOne(context, { name, scope });
      result.count += removed?.count ?? 0;
      result.bytes += removed?.bytes ?? 0;
    } catch (error) {
      result.failures.push(error);
    }
  }
  return result;
}

async function sweepOne(
  context: StagingContext,
  { name, scope }: { name: string; scope: SweepScope },
): Promise<CleanupResult | undefined> {
  if (isChecksum(name)) {
    return await sweepEntry(context, { entry: new Entry(context, name), scope });
  }
  if (name.startsWith(WORKSPACE_PREFIX)) await sweepWorkspace(context, name);
  if (name.startsWith(TRASH_PREFIX)) await finishRemoval(context, name);
  return undefined;
}

async function sweepEntry(
  context: StagingContext,
  { entry, scope }: { entry: Entry; scope: SweepScope },
): Promise<CleanupResult | undefined> {
  const isKept = keeps(scope, context.nowMs());
  const state = await entry.state();
  if (state.kind === "live" && isKept(await entry.claims())) return undefined;
  const hasMark = state.kind === "live" || (state.kind === "marked" && state.token !== undefined);
  if (hasMark) return await removeEntry(context, entry, isKept);
  return scope === "all" ? await removeUnmarked(context, entry) : undefined;
}

function keeps(scope: SweepScope, nowMs: number): IsKept {
  if (scope === "all") return () => false;
  const isWanted = scope === "expired"
    ? ({ record }: StoredClaim) => isCurrent(record, nowMs)
    : ({ record }: StoredClaim) => record.persist;
  return (claims) => claims.some(isWanted);
}

async function sweepWorkspace(context: StagingContext, name: string): Promise<void> {
  const token = parseToken(name.slice(WORKSPACE_PREFIX.length));
  if (!token) return;
  const { files, root } = context;
  const path = files.join(root, name);
  const state = await files.ownerState(token.owner);
  const idleMs = context.nowMs() - (state === "unknown" ? await lastChange(context, path) : 0);
  if (isCopyGivenUp(state, idleMs)) await files.remove(path);
}

/** When anything in a folder was last written. */
async function lastChange(context: StagingContext, path: string): Promise<number> {
  const { files } = context;
  const status = await orAbsent(files.linkStatus(path));
  if (status?.kind !== "folder") return status?.modifiedMs ?? 0;
  const names = await orAbsent(files.list(path)) ?? [];
  const times = await Promise.all(names.map((name) => lastChange(context, files.join(path, name))));
  return Math.max(status.modifiedMs, ...times);
}
