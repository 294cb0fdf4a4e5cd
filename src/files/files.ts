/**
 * Staging: copies of files, kept where the agent can read them, each content once.
 * @module
 */
import type { Attachment, ThreadOptions } from "../core/options.ts";
import { isCodexError } from "../errors.ts";
import { type Clock, systemClock } from "../events/clock.ts";
import type { TelemetrySink } from "../events/sink.ts";
import type { StagingContext } from "./context.ts";
import { stagingFailure } from "./failures.ts";
import { listStaged, measure, toStagedFile } from "./listing.ts";
import { checkName } from "./names.ts";
import {
  resolveStageOptions,
  type StagedFile,
  type StageOptions,
  type StagingMetrics,
} from "./options.ts";
import type { Owner, StagingPlatform } from "./ports.ts";
import { prepareRoot } from "./root.ts";
import type { CleanupResult } from "./removal.ts";
import { Staging, type StagingOutcome, type StagingRequest } from "./staging.ts";
import { sweep, type SweepResult, type SweepScope } from "./sweep.ts";
import { Workspace } from "./workspace.ts";

/** What `files` needs around it. */
export interface FilesContext {
  platform: StagingPlatform;
  telemetry: TelemetrySink;
  clock?: Clock;
  /** The staging folder; else the variable `CODEX_STAGING_DIR` names it. */
  stagingDir?: string;
}

/** How often `stage` and `listStaged` look for expired files. */
const SWEEP_INTERVAL_MS = 60_000;

/** How often a file is staged anew whose preparation somebody has deleted meanwhile. */
const MAX_TRIES = 3;

/** The staging folder, as this process uses it. Other processes may share it. */
export class Files {
  readonly #context: FilesContext;
  readonly #clock: Clock;
  #owner: Promise<Owner> | undefined;
  #nextSweepMs = -Infinity;
  #counters = {
    stagedCount: 0,
    stagedBytes: 0,
    hits: 0,
    cleanedCount: 0,
    cleanedBytes: 0,
    cleanupFailures: 0,
  };

  /** Touches nothing: the folder is made when the first file is staged. */
  constructor(context: FilesContext) {
    this.#context = context;
    this.#clock = context.clock ?? systemClock;
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
    const resolved = resolveStageOptions(options);
    // Now, because the current folder may be another one after a wait.
    const source = this.#context.platform.resolve(path);
    const context = await this.#load();
    const name = checkName(resolved.name ?? context.files.basename(source), {
      windows: context.files.separator === "\\",
    });
    const outcome = await this.#stageOrRetry(context, { ...resolved, path: source, name });
    return this.#announce(outcome, name);
  }

  /** The files that are staged and have not expired, the oldest first. */
  async listStaged(): Promise<StagedFile[]> {
    const context = await this.#load();
    await this.#sweepIfDue(context);
    return await this.#guard(listStaged(context));
  }

  /**
   * Removes files that have expired, and what crashed processes have left. `stage()` and
   * `listStaged()` do so by themselves, once a minute at most.
   * @throws {CodexError} `staging_failed` when something could not be removed; the rest is.
   */
  sweep(): Promise<CleanupResult> {
    return this.#clean("expired");
  }

  /**
   * Removes all files but the persistent ones.
   * @throws {CodexError} `staging_failed` when something could not be removed; the rest is.
   */
  forceCleanup(): Promise<CleanupResult> {
    return this.#clean("unpersistent");
  }

  /**
   * Removes all files, persistent ones included. The folder itself stays.
   * @throws {CodexError} `staging_failed` when something could not be removed; the rest is.
   */
  reset(): Promise<CleanupResult> {
    return this.#clean("all");
  }

  /** What the folder holds now, and what was done through this object. */
  async metrics(): Promise<StagingMetrics> {
    const context = await this.#load();
    return { ...measure(await this.#guard(listStaged(context))), ...this.#counters };
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

  async #load(): Promise<StagingContext> {
    const files = await this.#context.platform.load();
    const owner = await (this.#owner ??= files.owner());
    return { files, owner, root: this.stagingDir(), nowMs: () => this.#clock.wallMs() };
  }

  async #stageOrRetry(context: StagingContext, request: StagingRequest): Promise<StagingOutcome> {
    for (let tries = 1;; tries++) {
      try {
        await prepareRoot(context.files, context.root);
        await this.#sweepIfDue(context);
        return await this.#stageOnce(context, request);
      } catch (cause) {
        const error = stagingFailure(cause, context.root);
        // Somebody emptied the folder meanwhile, by `rm -rf` for example.
        const isEmptied = isCodexError(error, "staging_failed") &&
          error.details.reason === "ENOENT";
        if (!isEmptied || tries === MAX_TRIES) throw error;
      }
    }
  }

  async #stageOnce(context: StagingContext, request: StagingRequest): Promise<StagingOutcome> {
    const workspace = await Workspace.open(context);
    try {
      return await new Staging(context, workspace, request).run();
    } finally {
      await workspace.close().catch(() => void this.#counters.cleanupFailures++);
    }
  }

  #announce({ entry, digest, record, isHit }: StagingOutcome, name: string): StagedFile {
    const { checksum, sizeBytes } = digest;
    if (isHit) this.#counters.hits++;
    else {
      this.#counters.stagedCount++;
      this.#counters.stagedBytes += sizeBytes;
    }
    this.#context.telemetry.emit("codex.attachment.staged", { size_bytes: sizeBytes }, {
      originator: "sdk",
      checksum,
      name,
      persist: record.persist,
      ttl_ms: record.ttlMs,
    });
    return toStagedFile({ name, path: entry.filePath(name), sizeBytes }, { checksum, record });
  }

  async #sweepIfDue(context: StagingContext): Promise<void> {
    const nowMs = this.#clock.monotonicMs();
    if (nowMs < this.#nextSweepMs) return;
    this.#nextSweepMs = nowMs + SWEEP_INTERVAL_MS;
    try {
      this.#counters.cleanupFailures += (await this.#sweep(context, "expired")).failures.length;
    } catch {
      this.#counters.cleanupFailures++;
    }
  }

  async #clean(scope: SweepScope): Promise<CleanupResult> {
    const context = await this.#load();
    const { count, bytes, failures } = await this.#guard(this.#sweep(context, scope));
    if (failures.length > 0) throw stagingFailure(failures[0], context.root);
    return { count, bytes };
  }

  async #sweep(context: StagingContext, scope: SweepScope): Promise<SweepResult> {
    const result = await sweep(context, scope);
    const { count, bytes } = result;
    this.#counters.cleanedCount += count;
    this.#counters.cleanedBytes += bytes;
    if (count > 0) {
      this.#context.telemetry.emit("codex.attachment.cleaned", { count, bytes }, {
        originator: "sdk",
      });
    }
    return result;
  }

  async #guard<T>(work: Promise<T>): Promise<T> {
    try {
      return await work;
    } catch (cause) {
      throw stagingFailure(cause, this.stagingDir());
    }
  }
}

/** Creates the `files` of a telemetry instance. */
export function createFiles(context: FilesContext): Files {
  return new Files(context);
}
