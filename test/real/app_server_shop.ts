import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AppServerTransport } from "../../src/core/app_server/transport.ts";
import { BaseCodex } from "../../src/core/codex.ts";
import type { CodexOptions, ThreadOptions } from "../../src/core/options.ts";
import { localTransports } from "../../src/core/local_transports.ts";
import { ProcessRegistry } from "../../src/core/processes.ts";
import { ToolStatistics } from "../../src/core/tools/tool_metrics.ts";
import type { Transport } from "../../src/core/turn_request.ts";
import { loadRuntime } from "../../src/runtime/detect.ts";
import { createTelemetry } from "../../src/sdk.ts";
import type { SpanRecord } from "../../src/telemetry/span_record.ts";
import type { EventCapture, ModelScript, ModelStep, ScriptedModel } from "../../src/testing/mod.ts";
import { captureEvents, scriptedModel } from "../../src/testing/mod.ts";

/** A `Codex` with the real app-server and telemetry of its own. */
export interface ShopEngine {
  codex: BaseCodex;
  registry: ProcessRegistry;
  statistics: ToolStatistics;
  /** Every telemetry event since the start. */
  capture: EventCapture;
  /** The spans that have ended. */
  spans: () => readonly SpanRecord[];
  /** The turns and requests that the transport has open. */
  open: () => { turns: number; requests: number; threads: number };
}

/** The real app-server, a scripted model, and a folder to work in. */
export interface Shop extends ShopEngine {
  model: ScriptedModel;
  folder: string;
  /** Another engine on the same `CODEX_HOME`. */
  another(options?: CodexOptions): Promise<ShopEngine>;
}

/** Options of threads whose commands run without a sandbox, which is the kernel's business. */
export const shopThread = (folder: string): ThreadOptions => ({
  workingDirectory: folder,
  skipGitRepoCheck: true,
  sandboxMode: "danger-full-access",
});

/**
 * Options of threads that ask about every command and every patch. In the sandbox `read-only` the CLI
 * (0.169) runs a command that was allowed now inside of it and now outside.
 */
export const askingThread = (folder: string): ThreadOptions => ({
  ...shopThread(folder),
  approvalPolicy: "untrusted",
});

/** An answer that does not come. */
export const NEVER = "never";

/** A script whose steps may be answers that do not come. */
export function inTurn(steps: readonly ModelStep[]): ModelScript {
  return (_, index) => {
    const step = steps[index];
    if (step === undefined) throw new RangeError(`the script has no step ${index + 1}`);
    return step === NEVER ? new Promise<never>(() => {}) : step;
  };
}

/** Opens a shop, and clears it away afterwards. */
export async function withShop(
  script: ModelScript,
  use: (shop: Shop) => Promise<void>,
  given: CodexOptions | ((model: ScriptedModel) => CodexOptions) = {},
): Promise<void> {
  const model = await scriptedModel(script);
  const options = typeof given === "function" ? given(model) : given;
  const folder = mkdtempSync(join(tmpdir(), "codex-otel-shop-"));
  const engines: ShopEngine[] = [];
  const another = async (changed: CodexOptions = {}) => {
    const engine = await createShopEngine({ ...model.codexOptions(), ...options, ...changed });
    engines.push(engine);
    return engine;
  };
  try {
    await use({ ...await another(), model, folder, another });
  } finally {
    await Promise.all(engines.map(({ codex }) => codex.close()));
    await model.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function createShopEngine(options: CodexOptions): Promise<ShopEngine> {
  const telemetry = createTelemetry();
  await telemetry.configure({ env: {}, enabled: true, endpoint: "pid://local" });
  const capture = captureEvents(telemetry);
  const registry = new ProcessRegistry();
  const statistics = new ToolStatistics();
  let transport: Transport | undefined;
  const codex = new BaseCodex({ transport: "app-server", ...options }, {
    // The transport itself, and not what loads it, so that tests can look into it.
    createTransport(options, context) {
      const name = options.transport === "exec" ? "exec" : "app-server";
      return transport = localTransports[name]({ ...context, options, loadRuntime, registry });
    },
    telemetry,
    statistics,
  });
  return {
    codex,
    registry,
    statistics,
    capture,
    spans: () => telemetry.memory?.spans ?? [],
    open: () => openOf(transport),
  };
}

function openOf(transport: Transport | undefined) {
  const connections = transport instanceof AppServerTransport ? transport.connections : [];
  const sum = (numbers: number[]) => numbers.reduce((total, number) => total + number, 0);
  return {
    turns: sum(connections.map(({ turnCount }) => turnCount)),
    requests: sum(connections.map(({ pendingCount }) => pendingCount)),
    threads: sum(connections.map(({ threads }) => threads.size)),
  };
}
