/**
 * A Codex SDK with OpenTelemetry built in, for Node, Bun and Deno: it drives the OpenAI Codex CLI,
 * turns what the agent does into telemetry events, and exports spans by OTLP/HTTP JSON.
 *
 * @example Run the agent, with its telemetry in memory
 * ```ts
 * import { Codex, telemetry } from "@codex-otel/sdk";
 * import { scriptedModel } from "@codex-otel/sdk/testing";
 * import assert from "node:assert/strict";
 *
 * await telemetry.configure({ enabled: true, endpoint: "pid://local" });
 * await using model = await scriptedModel(["Done."]);
 * const codex = new Codex(model.codexOptions());
 * await codex.startThread({ skipGitRepoCheck: true }).run("Say that you are done");
 * await codex.close();
 * await telemetry.shutdown();
 * assert.equal(telemetry.memory?.spans[0]?.name, "invoke_agent codex");
 * ```
 * @module
 */
export * from "./src/api.ts";
export type { ProcessInfo, ProcessRegistry } from "./src/core/processes.ts";
export {
  Codex,
  createFiles,
  createTelemetry,
  files,
  processes,
  telemetry,
  tools,
} from "./src/sdk.ts";
export type { Files } from "./src/files/files.ts";
export type { StagedFile, StageOptions, StagingMetrics } from "./src/files/options.ts";
export type { CleanupResult } from "./src/files/removal.ts";
