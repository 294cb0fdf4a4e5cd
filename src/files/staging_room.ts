/**
 * The staging folder at work. Loaded with the first call that touches it.
 * @module
 */
import { isCodexError } from "../errors.ts";
import type { Clock } from "../events/clock.ts";
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

/** What the work needs around it. */
export interface StagingRoomContext {
  platform: StagingPlatform;
  telemetry: TelemetrySink;
  clock: Clock;
  /** Absolute path of the staging folder, as it is now. */
  folder: () => string;
}

/** How often `stage` and `list` look for expired files. */
const SWEEP_INTERVAL_MS = 60_000;

/** How often a file is staged anew whose preparation somebody has deleted meanwhile. */
const MAX_TRIES = 3;

/** Does what `files` promises, and counts it. */
export class StagingRoom {
  readonly #context: StagingRoomContext;
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

  /** Touches nothing. */
  constructor(context: StagingRoomContext) {
    this.#context = context;
  }

  /** Copies a file, of an absolute path, into the folder. */
  async stage(path: string, options: StageOptions): Promise<StagedFile> {
    const resolved = resolveStageOptions(options);
    const context = await this.#load();
    const name = checkName(resolved.name ?? context.files.basename(path), {
      windows: context.files.separator === "\\",
    });
    const outcome = await this.#stageOrRetry(context, { ...resolved, path, name });
    return this.#announce(outcome, name);
  }

  /** The files that have not expired, the oldest first. */
  async list(): Promise<StagedFile[]> {
    const context = await this.#load();
    await this.#sweepIfDue(context);
    return await this.#guard(listStaged(context));
  }

  /** Removes files. @throws {CodexError} `staging_failed` when some are left; the rest is gone. */
  async clean(scope: SweepScope): Promise<CleanupResult> {
    const context = await this.#load();
    const { count, bytes, failures } = await this.#guard(this.#sweep(context, scope));
    if (failures.length > 0) throw stagingFailure(failures[0], context.root);
    return { count, bytes };
  }

  /** What the folder holds now, and what was done here. */
  async metrics(): Promise<StagingMetrics> {
    const context = await this.#load();
    return { ...measure(await this.#guard(listStaged(context))), ...this.#counters };
  }

  async #load(): Promise<StagingContext> {
    const { platform, folder, clock } = this.#context;
    const files = await platform.load();
    const owner = await (this.#owner ??= files.owner());
    return { files, owner, root: folder(), nowMs: () => clock.wallMs() };
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
    const nowMs = this.#context.clock.monotonicMs();
    if (nowMs < this.#nextSweepMs) return;
    this.#nextSweepMs = nowMs + SWEEP_INTERVAL_MS;
    try {
      this.#counters.cleanupFailures += (await this.#sweep(context, "expired")).failures.length;
    } catch {
      this.#counters.cleanupFailures++;
    }
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
      throw stagingFailure(cause, this.#context.folder());
    }
  }
}
