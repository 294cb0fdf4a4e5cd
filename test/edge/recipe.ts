import { Codex, telemetry } from "@codex-otel/sdk/edge";

interface Env {
  /** Such as `wss://codex.example.com`. */
  CODEX_URL: string;
  CODEX_TOKEN: string;
  /** Such as `https://otel.example.com:4318`; the other `CODEX_OTLP_*` variables work as well. */
  CODEX_OTLP_ENDPOINT: string;
}

export default {
  async fetch(
    request: Request,
    env: Env,
    context: { waitUntil(promise: Promise<unknown>): void },
  ): Promise<Response> {
    if (!telemetry.status().enabled) await telemetry.configure({ env, enabled: true });
    // A connection belongs to the request that made it.
    const codex = new Codex({ transport: { url: env.CODEX_URL, token: env.CODEX_TOKEN } });
    try {
      const thread = codex.startThread({ skipGitRepoCheck: true, sandboxMode: "read-only" });
      const turn = await thread.run(await request.text(), { signal: request.signal });
      return new Response(turn.finalResponse);
    } finally {
      await codex.close();
      context.waitUntil(telemetry.flush());
    }
  },
};
