/**
 * One call of `stage`.
 * @module
 */
import { delay } from "../core/delay.ts";
import type { ClaimRecord } from "./claim.ts";
import type { StagingContext } from "./context.ts";
import { type Digest, readSource, readStaged } from "./copy.ts";
import { Entry, orAbsent } from "./entry.ts";
import { busyFailure } from "./failures.ts";
import { hasImageMagic } from "./image.ts";
import { removeEntry } from "./removal.ts";
import type { Workspace } from "./workspace.ts";

/** What is to be staged. */
export interface StagingRequest {
  path: string;
  name: string;
  persist: boolean;
  ttlMs: number;
}

/** What was staged. */
export interface StagingOutcome {
  entry: Entry;
  digest: Digest;
  /** The claim that keeps it, which may be an earlier and longer one. */
  record: ClaimRecord;
  /** Whether the content was there already. */
  isHit: boolean;
}

/** A removal in the way is over in milliseconds; all waits together are half a minute. */
const MAX_ROUNDS = 6000;
const WAIT_MS = 5;

/** Brings one file into the staging folder. */
export class Staging {
  readonly #context: StagingContext;
  readonly #workspace: Workspace;
  readonly #request: StagingRequest;
  #digest: Digest | undefined;
  #hasCopy = false;
  #isHit = true;

  /** Prepares the staging of one file; touches nothing. */
  constructor(context: StagingContext, workspace: Workspace, request: StagingRequest) {
    this.#context = context;
    this.#workspace = workspace;
    this.#request = request;
  }

  /**
   * Hashes the file first, so that a content that is there already costs no write and no space.
   * @throws {CodexError} as `readSource`, and `staging_failed`; else the system's own error.
   */
  async run(): Promise<StagingOutcome> {
    const { path } = this.#request;
    this.#digest = await readSource(this.#context.files, { path });
    for (let round = 0; round < MAX_ROUNDS; round++) {
      const digest = this.#digest;
      const entry = new Entry(this.#context, digest.checksum);
      const record = this.#createRecord(digest);
      const kept = await this.#attempt(entry, record);
      if (kept) return { entry, digest, record: kept, isHit: this.#isHit };
    }
    throw busyFailure(new Entry(this.#context, this.#digest.checksum).path);
  }

  /** Gives the claim that keeps the file, or undefined when it has to be tried again. */
  async #attempt(entry: Entry, record: ClaimRecord): Promise<ClaimRecord | undefined> {
    switch ((await entry.state()).kind) {
      case "live":
        return await this.#join(entry, record);
      case "absent":
        return await this.#make(entry, record);
      case "foreign":
        await this.#workspace.adopt(entry, record);
        return undefined;
      case "marked":
        await this.#awaitRemoval(entry);
        return undefined;
    }
  }

  /** Adds a claim to an entry, and the name if it is new. */
  async #join(entry: Entry, record: ClaimRecord): Promise<ClaimRecord | undefined> {
    const kept = await entry.claim(record, () => this.#workspace.draftClaim(record));
    return kept && await this.#ensureContent(entry) ? kept : undefined;
  }

  /** Makes the entry, unless somebody else is faster or the source is another by now. */
  async #make(entry: Entry, record: ClaimRecord): Promise<ClaimRecord | undefined> {
    if (!(await this.#copy(entry.checksum))) return undefined;
    if (!(await this.#workspace.publish(entry, record))) return undefined;
    this.#hasCopy = false;
    this.#isHit = false;
    // Whoever deletes the whole folder at this moment may have taken the file out of it before.
    const file = await orAbsent(this.#context.files.linkStatus(entry.filePath(this.#request.name)));
    return file?.kind === "file" ? record : undefined;
  }

  /** The agent may write to the folder of its attachments, so what is there is not trusted. */
  async #ensureContent(entry: Entry): Promise<boolean> {
    const target = entry.filePath(this.#request.name);
    if (await this.#isIntact(target, entry.checksum)) return true;
    if (await this.#linkSibling(entry, target)) return true;
    if (!(await this.#copy(entry.checksum))) return false;
    const copy = this.#workspace.copyPath(this.#request.name);
    const isPlaced = await orAbsent(this.#context.files.rename(copy, target).then(() => true));
    if (!isPlaced) return false;
    this.#hasCopy = false;
    this.#isHit = false;
    return true;
  }

  async #isIntact(path: string, checksum: string): Promise<boolean> {
    const { files } = this.#context;
    // No link, which might lead to a file that changes.
    if ((await orAbsent(files.linkStatus(path)))?.kind !== "file") return false;
    return (await orAbsent(readStaged(files, path)))?.checksum === checksum;
  }

  /** A second name for the content that is there; where the disk has no links, it is copied. */
  async #linkSibling(entry: Entry, target: string): Promise<boolean> {
    const { files } = this.#context;
    for (const { path } of await entry.list()) {
      if (path === target || !(await this.#isIntact(path, entry.checksum))) continue;
      await files.link(path, target).catch(() => {});
      return await this.#isIntact(target, entry.checksum);
    }
    return false;
  }

  /** Copies the source, once. False when its content is no longer what was asked for. */
  async #copy(checksum: string): Promise<boolean> {
    const { path, name } = this.#request;
    if (!this.#hasCopy) this.#digest = await this.#workspace.copy(path, name);
    this.#hasCopy = true;
    return this.#digest?.checksum === checksum;
  }

  async #awaitRemoval(entry: Entry): Promise<void> {
    // Does something only if the other process has given up.
    await removeEntry(this.#context, entry, () => true);
    await delay(WAIT_MS);
  }

  #createRecord(digest: Digest): ClaimRecord {
    const { persist, ttlMs } = this.#request;
    const stagedAt = Math.round(this.#context.nowMs());
    return { stagedAt, ttlMs, persist, imageMagic: hasImageMagic(digest.head) };
  }
}
