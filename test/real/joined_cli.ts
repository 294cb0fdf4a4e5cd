import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BaseCodex } from "../../src/core/codex.ts";
import type { CodexOptions, ThreadOptions } from "../../src/core/options.ts";
import { ProcessRegistry } from "../../src/core/processes.ts";
import { transportFactory } from "../../src/core/transports.ts";
import { loadRuntime } from "../../src/runtime/detect.ts";
import { createTelemetry } from "../../src/sdk.ts";
import type { Telemetry } from "../../src/telemetry/instance.ts";
import type { ConfigureOptions } from "../../src/telemetry/options.ts";
import {
  type ModelScript,
  type OtlpReceiver,
  otlpReceiver,
  type OtlpReceiverOptions,
  type ReceivedSpan,
  type ScriptedModel,
  scriptedModel,
} from "../../src/testing/mod.ts";
import { threadOptions } from "./workshop.ts";

/** The transports that start a CLI. */
export const TRANSPORTS = ["exec", "app-server"] as const;

/** The real CLI, a scripted model, and a collector. */
export interface Joined {
  telemetry: Telemetry;
  model: ScriptedModel;
  collector: OtlpReceiver;
  codex: BaseCodex;
  thread: ThreadOptions;
  /** Ends the CLI and has everything delivered that was exported here. */
  finish(): Promise<void>;
}

/** What a test sets. */
export interface JoinedOptions {
  script: ModelScript;
  codex?: CodexOptions;
  env?: Record<string, string>;
  /**
   * Has the CLI inherit the environment of a process that has these, too. That process is imagined:
   * Deno runs test files in one process, whose own environment they share.
   */
  inherited?: Record<string, string>;
  configure?: ConfigureOptions;
  /** Put behind the collector's URL. */
  query?: string;
  receiver?: OtlpReceiverOptions;
  /** Put at the end of the `config.toml`. */
  config?: string;
  /** `false` leaves the `[otel]` of the tests out, which turns the CLI's metrics off. */
  quiet?: boolean;
}

/** Opens all of it, and clears it away afterwards. */
export async function withJoinedCli(
  options: JoinedOptions,
  use: (joined: Joined) => Promise<void>,
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "codex-otel-real-"));
  await using model = await scriptedModel(options.script);
  await using collector = await otlpReceiver(options.receiver);
  const telemetry = createTelemetry();
  const endpoint = `${collector.url}${options.query ?? ""}`;
  await telemetry.configure({ env: {}, enabled: true, endpoint, ...options.configure });
  const { env } = model.codexOptions({ env: { ...options.env } });
  writeConfig(join(model.codexHome!, "config.toml"), options);
  const { inherited } = options;
  const createTransport = transportFactory({
    loadRuntime: async () => {
      const runtime = await loadRuntime();
      return inherited ? { ...runtime, env: () => ({ ...env, ...inherited }) } : runtime;
    },
    registry: new ProcessRegistry(),
  });
  const given = inherited ? {} : { env };
  const codex = new BaseCodex({ ...given, ...options.codex }, { createTransport, telemetry });
  const finish = async () => {
    await codex.close();
    await telemetry.flush();
  };
  try {
    await use({ telemetry, model, collector, codex, thread: threadOptions(folder), finish });
  } finally {
    await codex.close();
    await telemetry.shutdown();
    rmSync(folder, { recursive: true, force: true });
  }
}

function writeConfig(path: string, { config = "", quiet = true }: JoinedOptions): void {
  if (!quiet) writeFileSync(path, readFileSync(path, "utf8").replace(/\[otel\][^]*$/, ""));
  appendFileSync(path, `\n${config}\n`);
}

/** The names of a span's ancestors, nearest first. */
export function ancestors(spans: readonly ReceivedSpan[], span: ReceivedSpan): string[] {
  const parent = spans.find(({ spanId, traceId }) =>
    spanId === span.parentSpanId && traceId === span.traceId
  );
  return parent ? [parent.name, ...ancestors(spans, parent)] : [];
}
