/**
 * The folder in which one call of `stage` prepares what it adds, on the same disk as its target.
 * @module
 */
import { type ClaimRecord, encodeClaim } from "./claim.ts";
import { type StagingContext, WORKSPACE_PREFIX } from "./context.ts";
import { type Digest, readSource } from "./copy.ts";
import { type Entry, LIVE_MARK } from "./entry.ts";
import { CONTROL_FOLDER } from "./names.ts";
import { isOccupied } from "./removal.ts";
import { createToken } from "./token.ts";

/** A folder of one call's own. */
export class Workspace {
  readonly #context: StagingContext;
  readonly #path: string;
  #drafts = 0;
  #hasEntry = false;

  private constructor(context: StagingContext, path: string) {
    this.#context = context;
    this.#path = path;
  }

  /** Makes the folder. */
  static async open(context: StagingContext): Promise<Workspace> {
    const { files, root } = context;
    const token = createToken(context.owner, context.nowMs());
    const path = files.join(root, WORKSPACE_PREFIX + token);
    await files.makeFolder(path);
    return new Workspace(context, path);
  }

  /** Removes it with all that is left in it. */
  async close(): Promise<void> {
    await this.#context.files.remove(this.#path);
  }

  /** Writes a claim; the path it gives is for being moved into an entry. */
  async draftClaim(record: ClaimRecord): Promise<string> {
    const path = this.#join(`claim-${++this.#drafts}`);
    await this.#write(path, encodeClaim(record));
    return path;
  }

  /** Copies a caller's file; at most once for a name. */
  async copy(path: string, name: string): Promise<Digest> {
    await this.#makeEntry();
    return await readSource(this.#context.files, { path, target: this.copyPath(name) });
  }

  /** Path of the copy. */
  copyPath(name: string): string {
    return this.#join("entry", name);
  }

  /** Makes the copy an entry, whole in one step. False when there is one by now. */
  async publish(entry: Entry, record: ClaimRecord): Promise<boolean> {
    await this.#makeControl(record);
    const isPlaced = await this.#place(this.#join("entry"), entry.path);
    if (isPlaced) this.#hasEntry = false;
    return isPlaced;
  }

  /** Makes a folder that another program has made an entry. False when somebody else did. */
  async adopt(entry: Entry, record: ClaimRecord): Promise<boolean> {
    return await this.#place(await this.#makeControl(record), entry.controlPath());
  }

  async #place(from: string, to: string): Promise<boolean> {
    try {
      await this.#context.files.rename(from, to);
      return true;
    } catch (error) {
      if (isOccupied(error)) return false;
      throw error;
    }
  }

  async #makeControl(record: ClaimRecord): Promise<string> {
    const { files } = this.#context;
    const control = this.#join("entry", CONTROL_FOLDER);
    await this.#makeEntry();
    await files.remove(control);
    await files.makeFolder(control);
    await this.#write(files.join(control, LIVE_MARK), "");
    await this.#write(
      files.join(control, `claim-${crypto.randomUUID()}.json`),
      encodeClaim(record),
    );
    return control;
  }

  /** Never twice: if somebody has deleted it, the copy in it is gone as well. */
  async #makeEntry(): Promise<void> {
    if (!this.#hasEntry) await this.#context.files.makeFolder(this.#join("entry"));
    this.#hasEntry = true;
  }

  async #write(path: string, text: string): Promise<void> {
    const file = await this.#context.files.createFile(path);
    try {
      if (text === "") return;
      await file.write(new TextEncoder().encode(text));
      await file.sync();
    } finally {
      await file.close();
    }
  }

  #join(...parts: string[]): string {
    return this.#context.files.join(this.#path, ...parts);
  }
}
