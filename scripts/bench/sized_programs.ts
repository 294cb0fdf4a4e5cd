/** The programs whose size is measured and bounded, ours and those of others. */
import type { SizedProgram } from "../lib/bundle_size.ts";

const OTLP = "./src/otlp/mod.ts";
const EDGE = "./src/edge.ts";

/** Programs that hold what they import, and do nothing. */
export const OURS: Readonly<Record<string, SizedProgram>> = {
  "./otlp, traces": { code: `export { OTLPTraceExporter } from "${OTLP}";` },
  "./otlp, all": { code: `export * from "${OTLP}";` },
  "./edge, telemetry": { code: `export { telemetry } from "${EDGE}";` },
  "./edge, all": { code: `export * from "${EDGE}";` },
  "., all": { code: 'export * from "./mod.ts";', platform: "node" },
  "./testing, all": { code: 'export * from "./src/testing/mod.ts";', platform: "node" },
};

/**
 * The telemetry of the edge, used to export that of a turn, for the given signals, to a collector
 * that takes everything.
 */
export function edgeProgram(signals: readonly string[]): SizedProgram {
  const use = `
    import { telemetry } from "${EDGE}";
    await telemetry.configure({
      env: {},
      enabled: true,
      endpoint: "http://collector.example",
      signals: ${JSON.stringify(signals)},
      fetch: async () => new Response("{}"),
    });
    const metadata = { originator: "sdk", span_token: "s1", transport: "websocket", input: "Hi" };
    const call = { originator: "sdk", span_token: "s1", tool: "ls", tool_type: "command", call_id: "c" };
    const time = { system_time: Date.now(), duration: 1e6, duration_ms: 1 };
    telemetry.emit("codex.thread.start", time, metadata);
    telemetry.emit("codex.tool.start", time, call);
    telemetry.emit("codex.tool.success", time, call);
    telemetry.emit("codex.thread.stop", time, { ...metadata, result: "ok" });
    const { lastError, signals } = await telemetry.shutdown();
    if (lastError) throw new Error(lastError.message);`;
  return { ...OURS["./edge, telemetry"]!, use };
}

/** Other packages, installed in a folder of their own where they are none of the project's. */
export function others(folder: string): Readonly<Record<string, SizedProgram>> {
  return {
    "exporter-trace-otlp-http + sdk-trace-base": {
      code: 'export * from "@opentelemetry/exporter-trace-otlp-http";' +
        'export * from "@opentelemetry/sdk-trace-base";',
    },
    // By other conditions it is a package for Node.
    "@vercel/otel": { code: 'export * from "@vercel/otel";', folder, bundler: "wrangler" },
    "@microlabs/otel-cf-workers": { code: 'export * from "@microlabs/otel-cf-workers";', folder },
    "@openai/codex-sdk": { code: 'export * from "@openai/codex-sdk";', platform: "node" },
  };
}
