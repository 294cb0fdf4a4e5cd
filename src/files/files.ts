/**
 * Staging: copies of files, kept where the agent can read them, each content once.
 * @module
 */
import type { Attachment, ThreadOptions } from "../core/options.ts";
import { type Clock, systemClock } from "../events/clock.ts";
import type { TelemetrySink } from "../events/sink.ts";
import type { StagedFile, StageOptions, StagingMetrics } from "./options.ts";
import type { StagingPlatform } from "./ports.ts";
import type { CleanupResult } from "./removal.ts";
import type { StagingRoom } from "./staging_room.ts";

/** What `files` needs around it. */
export interface FilesContext {
  platform: StagingPlatform;
  telemetry: TelemetrySink;
  clock?: Clock;
  /** The staging folder; else the variable `CODEX_STAGING_DIR` names it. */
  stagingDir?: string;
}

/** The staging folder, as this process uses it. Other processes may share it. */
export class Files {
  readonly #context: FilesContext;
  #opening: Promise<StagingRoom> | undefined;

  /** Touches nothing: the folder is made when the first file is staged. */
  constructor(context: FilesContext) {
    this.#context = context;
  }

  /**
   * Absolute path of the staging folder: the option, else `CODEX_STAGING_DIR`, else `codex_files`
   * in the system's temporary folder. It need not be there yet.
   */
  stagingDir(): string {
    const { platform, stagingDir } = this.#context;
    const named = stagingDir || platform.env("CODEX_STAGING_DIR");
    return named
      ? platform.resolve(named)
      : platform.resolve(platform.tempDirectory(), "codex_files");
  }

  /**
   * Copies a file into the staging folder, as `<SHA-256>/<name>`. A content that is there already
   * is not copied again; it is then kept for the longest of the times that were asked for, whatever
   * its names.
   *
   * @throws {CodexError} `attachment_missing`, `attachment_unreadable`, `attachment_not_file`,
   * `attachment_name`, `staging_folder`, `staging_full`, `staging_failed`. Nothing is left behind.
   * @throws {TypeError} for an argument of the wrong type.
   * @throws {RangeError} for a `ttlMs` that is no positive number.
   */
  async stage(path: string, options: StageOptions = {}): Promise<StagedFile> {
    if (typeof path !== "string" || path === "" || path.includes("\0")) {
      throw new TypeError("The path of a file to stage must be a string that is not empty.");
    }
    // Now, because the current folder may be another one after a wait.
    const source = this.#context.platform.resolve(path);
    return await (await this.#room()).stage(source, options);
  }

  /** The files that are staged and have not expired, the oldest first. */
  async listStaged(): Promise<StagedFile[]> {
    return await (await this.#room()).list();
  }

  /**
   * Removes files that have expired, and what crashed processes have left. `stage()` and
   * `listStaged()` do so by themselves, once a minute at most.
   * @throws {CodexError} `staging_failed` when something could not be removed; the rest is.
   */
  async sweep(): Promise<CleanupResult> {
    return await (await this.#room()).clean("expired");
  }

  /**
   * Removes all files but the persistent ones.
   * @throws {CodexError} `staging_failed` when something could not be removed; the rest is.
   */
  async forceCleanup(): Promise<CleanupResult> {
    return await (await this.#room()).clean("unpersistent");
  }

  /**
   * Removes all files, persistent ones included. The folder itself stays.
   * @throws {CodexError} `staging_failed` when something could not be removed; the rest is.
   */
  async reset(): Promise<CleanupResult> {
    return await (await this.#room()).clean("all");
  }

  /** What the folder holds now, and what was done through this object. */
  async metrics(): Promise<StagingMetrics> {
    return await (await this.#room()).metrics();
  }

  /** Thread options with one more attachment; those given are not changed. */
  attach(threadOptions: ThreadOptions, attachment: Attachment): ThreadOptions {
    const { name, path, kind } = attachment ?? {};
    if (typeof name !== "string" || typeof path !== "string" || typeof kind !== "string") {
      throw new TypeError("attach() takes thread options and what stage() gave.");
    }
    const others = (threadOptions.attachments ?? []).filter((other) => other.path !== path);
    return { ...threadOptions, attachments: [...others, attachment] };
  }

  /** What does the work is loaded when there is some. */
  async #room(): Promise<StagingRoom> {
    return await (this.#opening ??= this.#openRoom());
  }

  async #openRoom(): Promise<StagingRoom> {
    const { StagingRoom } = await import("./staging_room.ts");
    return new StagingRoom({
      clock: this.#context.clock ?? systemClock,
      folder: () => this.stagingDir(),
      platform: this.#context.platform,
      telemetry: this.#context.telemetry,
    });
  }
}

/** Creates the `files` of a telemetry instance. */
export function createFiles(context: FilesContext): Files {
  return new Files(context);
}
