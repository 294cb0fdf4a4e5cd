/**
 * The wiring of the package for Node, Bun and Deno.
 * @module
 */
import { BaseCodex } from "./core/codex.ts";
import type { CodexOptions } from "./core/options.ts";
import { ProcessRegistry } from "./core/processes.ts";
import { ToolStatistics } from "./core/tools/tool_metrics.ts";
import { transportFactory } from "./core/transports.ts";
import type { TelemetrySink } from "./events/sink.ts";
import { createFiles as createFilesOn, type Files } from "./files/files.ts";
import { stagingPlatform } from "./runtime/staging_platform.ts";
import { loadRuntime } from "./runtime/detect.ts";
import { createTelemetry as createTelemetryOn, type Telemetry } from "./telemetry/instance.ts";

/**
 * Creates telemetry of its own, beside the shared one: its handlers and its exports are apart.
 *
 * @example Telemetry of its own for one test
 * ```ts
 * import { Codex, createTelemetry } from "@codex-otel/sdk";
 * import { catFixture } from "@codex-otel/sdk/testing";
 * import assert from "node:assert/strict";
 *
 * const telemetry = createTelemetry();
 * const results: string[] = [];
 * telemetry.attach("results", "codex.thread.stop", (event) => results.push(event.metadata.result));
 *
 * using cli = catFixture([
 *   { type: "thread.started", thread_id: "t1" },
 *   { type: "item.completed", item: { id: "item_0", type: "agent_message", text: "Hello." } },
 * ]);
 * const codex = new Codex({ codexPathOverride: cli.path, telemetry });
 * const turn = await codex.startThread().run("Say hello");
 * assert.equal(turn.finalResponse, "Hello.");
 * assert.deepEqual(results, ["ok"]);
 * ```
 */
export function createTelemetry(): Telemetry {
  return createTelemetryOn({
    env: async () => (await loadRuntime()).env(),
    otlp: async () => (await import("./runtime/otlp_platform.ts")).otlpPlatform,
    explain: async (reason) =>
      (await import("./runtime/explain_loading.ts")).explainLoading(reason),
    contextManager: async () =>
      await (await import("./runtime/context_manager.ts")).createContextManager(),
  });
}

/**
 * The shared telemetry instance, which every `Codex` uses unless it is given another one. It does
 * nothing until `configure()` enables it or a handler is attached.
 */
export const telemetry: Telemetry = createTelemetry();

/**
 * The processes that this SDK started: `list()` shows them, `stop(pid)` ends one.
 *
 * @example End a process that hangs
 * ```ts
 * import { Codex, processes } from "@codex-otel/sdk";
 * import { catFixture } from "@codex-otel/sdk/testing";
 * import assert from "node:assert/strict";
 *
 * // A stand-in for a CLI that says something and then hangs for a minute
 * using cli = catFixture([{ type: "thread.started", thread_id: "t1" }], { lingerMs: 60_000 });
 * const codex = new Codex({ codexPathOverride: cli.path });
 * const { events } = await codex.startThread().runStreamed("Look around");
 * await events.next();
 *
 * const hung = processes.list().find(({ threadId }) => threadId === "t1");
 * assert.equal(hung?.state, "running");
 * await processes.stop(hung.pid);
 * await assert.rejects(events.next(), { code: "exec_failed" });
 * assert.deepEqual(processes.list(), []);
 * ```
 */
export const processes: ProcessRegistry = new ProcessRegistry();

/**
 * Creates a staging area of its own, beside the shared one: for another folder, or for other
 * telemetry.
 */
export function createFiles(
  options: { stagingDir?: string; telemetry?: TelemetrySink } = {},
): Files {
  return createFilesOn({ platform: stagingPlatform, telemetry, ...options });
}

/**
 * Stages files for the agent, by checksum, in a folder that processes can share.
 *
 * @example Attach a file to a thread, and clean up
 * ```ts
 * import { Codex, createFiles, files } from "@codex-otel/sdk";
 * import { catFixture } from "@codex-otel/sdk/testing";
 * import assert from "node:assert/strict";
 * import { mkdtemp, rm, writeFile } from "node:fs/promises";
 * import { tmpdir } from "node:os";
 * import { join } from "node:path";
 *
 * const folder = await mkdtemp(join(tmpdir(), "staging-example-"));
 * const staging = createFiles({ stagingDir: join(folder, "staged") });
 * await writeFile(join(folder, "notes.txt"), "Be brief.");
 *
 * using cli = catFixture([{ type: "thread.started", thread_id: "t1" }]);
 * const attachment = await staging.stage(join(folder, "notes.txt"));
 * const options = files.attach({ workingDirectory: folder }, attachment);
 * await new Codex({ codexPathOverride: cli.path }).startThread(options).run("Follow the notes");
 * assert.match(cli.runs()[0]!.input, /notes\.txt/);
 *
 * assert.equal((await staging.forceCleanup()).count, 1);
 * await rm(folder, { recursive: true });
 * ```
 */
export const files: Files = createFiles();

/** What is counted of the tools of this process: `metrics()`, `resetMetrics()`. */
export const tools: ToolStatistics = new ToolStatistics();

const createTransport = transportFactory({ loadRuntime, registry: processes });

/**
 * Starts and resumes conversations with the Codex agent. The API is a superset of that of the
 * official SDK: its programs run with the import changed.
 *
 * @example A turn, with its usage
 * ```ts
 * import { Codex } from "@codex-otel/sdk";
 * import { scriptedModel } from "@codex-otel/sdk/testing";
 * import assert from "node:assert/strict";
 *
 * await using model = await scriptedModel(["Hello!"]);
 * await using codex = new Codex(model.codexOptions());
 * const thread = codex.startThread({ skipGitRepoCheck: true });
 * const turn = await thread.run("Say hello");
 * assert.equal(turn.finalResponse, "Hello!");
 * assert.equal(turn.turnUsage?.input_tokens, 100);
 * ```
 */
export class Codex extends BaseCodex {
  /**
   * Creates a `Codex`. The CLI is looked for when the first turn starts.
   * @throws {TypeError} when `transport` or `stopGraces` cannot be used.
   * @throws {RangeError} when a time of `stopGraces` is not above 0, or above 24.8 days.
   */
  constructor(options: CodexOptions = {}) {
    super(options, { createTransport, statistics: tools, telemetry });
  }
}
