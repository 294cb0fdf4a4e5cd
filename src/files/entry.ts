/**
 * One entry of the staging folder: `<checksum>/`, with the file under each of its names, and a
 * control folder that moves with it:
 *
 * - `live`, an empty file: the entry's mark. Whoever renames it to `dead-<token>` has the right to
 *   remove the entry, alone; a rename succeeds for one process only.
 * - `claim-<id>.json`: see `claim.ts`.
 *
 * Nobody is in the other's way, without locks: who wants to keep an entry leaves a claim and then
 * looks at the mark, who wants to remove one takes the mark and then looks at the claims. So at
 * least one of two sees the other, and gives way: the remover gives the mark back, or the keeper
 * waits until the entry is gone and makes it anew.
 * @module
 */
import {
  type ClaimRecord,
  covers,
  longest,
  parseClaim,
  type StoredClaim,
  unreadableClaim,
} from "./claim.ts";
import type { StagingContext } from "./context.ts";
import { hasCode } from "./failures.ts";
import { CONTROL_FOLDER } from "./names.ts";
import { parseToken, type Token } from "./token.ts";

/** The name of an untaken mark. */
export const LIVE_MARK = "live";

const DEAD_PREFIX = "dead-";
const CLAIM_FILE = /^claim-.*\.json$/;

/** A claim may be tidied away while the claims are read; then they are read again. */
const CLAIM_READS = 3;

/** How an entry stands. `foreign`: its folder is there, and none of our making. */
export type EntryState =
  | { kind: "absent" | "foreign" | "live" }
  | { kind: "marked"; token: Token | undefined };

/** A file of an entry. */
export interface EntryFile {
  name: string;
  path: string;
  sizeBytes: number;
}

/** One entry, whether it is there or not. */
export class Entry {
  readonly checksum: string;
  readonly path: string;
  readonly #context: StagingContext;

  /** Names an entry; touches nothing. */
  constructor(context: StagingContext, checksum: string) {
    this.#context = context;
    this.checksum = checksum;
    this.path = context.files.join(context.root, checksum);
  }

  /** Path of the file under one of its names. */
  filePath(name: string): string {
    return this.#context.files.join(this.path, name);
  }

  /** Path of a file of the control folder, or of that folder. */
  controlPath(...name: string[]): string {
    return this.#context.files.join(this.path, CONTROL_FOLDER, ...name);
  }

  /** Looks how the entry stands. */
  async state(): Promise<EntryState> {
    if (await this.isLive()) return { kind: "live" };
    const marks = await orAbsent(this.#context.files.list(this.controlPath()));
    if (marks === undefined) return { kind: await this.#exists(this.path) ? "foreign" : "absent" };
    const dead = marks.find((name) => name.startsWith(DEAD_PREFIX));
    return { kind: "marked", token: dead ? parseToken(dead.slice(DEAD_PREFIX.length)) : undefined };
  }

  /** Whether nobody is removing the entry. */
  isLive(): Promise<boolean> {
    return this.#exists(this.controlPath(LIVE_MARK));
  }

  /** Takes the mark, from nobody or from one who gave up. False when another was faster. */
  async takeMark(token: string, from?: Token): Promise<boolean> {
    const mark = from ? DEAD_PREFIX + from.text : LIVE_MARK;
    return await this.#moveMark(mark, DEAD_PREFIX + token);
  }

  /** Gives the mark back. */
  async returnMark(token: string): Promise<void> {
    await this.#moveMark(DEAD_PREFIX + token, LIVE_MARK);
  }

  /** All claims on the entry; none for one that is gone. */
  async claims(): Promise<StoredClaim[]> {
    for (let reads = 1;; reads++) {
      const names = await orAbsent(this.#context.files.list(this.controlPath())) ?? [];
      const files = names.filter((name) => CLAIM_FILE.test(name));
      const read = await Promise.all(files.map((file) => this.#readClaim(file)));
      const claims = read.filter((claim) => claim !== undefined);
      const isWhole = claims.length > 0 && claims.length === read.length;
      if (isWhole || names.length === 0 || reads === CLAIM_READS) return claims;
    }
  }

  /**
   * Sees to it that the entry is kept as long as `record` asks, and gives the claim that keeps it.
   * Undefined when the entry is gone, or is being removed: then the claim may go with it.
   */
  async claim(
    record: ClaimRecord,
    write: () => Promise<string>,
  ): Promise<ClaimRecord | undefined> {
    const best = longest(await this.claims());
    const isCovered = best !== undefined && covers(best.record, record);
    if (!isCovered && !(await this.#placeClaim(await write()))) return undefined;
    if (!(await this.isLive())) return undefined;
    await this.#tidyClaims();
    return isCovered ? best.record : record;
  }

  /** The entry's files; none for one that is gone. */
  async list(): Promise<EntryFile[]> {
    const { files } = this.#context;
    const names = await orAbsent(files.list(this.path)) ?? [];
    const found = await Promise.all(
      names.filter((name) => name !== CONTROL_FOLDER).map(async (name) => {
        const path = this.filePath(name);
        const status = await orAbsent(files.linkStatus(path));
        return status?.kind === "file" ? { name, path, sizeBytes: status.sizeBytes } : undefined;
      }),
    );
    return found.filter((file) => file !== undefined);
  }

  async #placeClaim(draft: string): Promise<boolean> {
    const target = this.controlPath(`claim-${crypto.randomUUID()}.json`);
    const move = this.#context.files.rename(draft, target);
    return await orAbsent(move.then(() => true)) ?? false;
  }

  /** Only after the mark was seen untaken: a remover that looks now finds the longest claim. */
  async #tidyClaims(): Promise<void> {
    const claims = await this.claims();
    const best = longest(claims);
    const covered = claims.filter((claim) => claim !== best);
    await Promise.all(
      covered.map(({ file }) => this.#context.files.remove(this.controlPath(file))),
    );
  }

  async #readClaim(file: string): Promise<StoredClaim | undefined> {
    const { files } = this.#context;
    const path = this.controlPath(file);
    const text = await orAbsent(files.readText(path));
    const record = text === undefined ? undefined : parseClaim(text);
    if (record) return { file, record };
    const status = await orAbsent(files.status(path));
    return status && { file, record: unreadableClaim(status.modifiedMs) };
  }

  async #moveMark(from: string, to: string): Promise<boolean> {
    const { files } = this.#context;
    const move = files.rename(this.controlPath(from), this.controlPath(to));
    return await orAbsent(move.then(() => true)) ?? false;
  }

  async #exists(path: string): Promise<boolean> {
    return await orAbsent(this.#context.files.linkStatus(path)) !== undefined;
  }
}

/** The names of the marks in a control folder. */
export function marksAmong(names: readonly string[]): string[] {
  return names.filter((name) => name === LIVE_MARK || name.startsWith(DEAD_PREFIX));
}

/** The name of a mark that was taken with a token. */
export function deadMark(token: string): string {
  return DEAD_PREFIX + token;
}

/** What a promise gives, or undefined where the path leads nowhere. */
export function orAbsent<T>(promise: Promise<T>): Promise<T | undefined> {
  return promise.catch((error) => {
    if (hasCode(error, "ENOENT", "ENOTDIR")) return undefined;
    throw error;
  });
}
