// A Worker in front of a remote app-server: the body of a request is a prompt.
import { Codex, telemetry } from "@codex-otel/sdk/edge";

interface Bindings extends Record<string, string> {
  APP_SERVER_URL: string;
  APP_SERVER_TOKEN: string;
}

interface Context {
  waitUntil(promise: Promise<unknown>): void;
}

export default {
  async fetch(request: Request, env: Bindings, context: Context): Promise<Response> {
    await telemetry.configure({ env });
    const codex = new Codex({
      transport: { url: env.APP_SERVER_URL, token: env.APP_SERVER_TOKEN },
    });
    const turn = await codex.startThread().run(await request.text());
    await codex.close();
    context.waitUntil(telemetry.flush());
    return new Response(turn.finalResponse);
  },
};
