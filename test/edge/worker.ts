/** The Worker that the tests talk to: each request plays one scenario and is answered in JSON. */
import { isCodexError } from "../../src/edge.ts";
import { exporting } from "./exporting.ts";
import type { Scene } from "./scene.ts";
import { turns } from "./turns.ts";

/** The scenarios by name. */
export type Scenarios = typeof exporting & typeof turns;

const scenarios: Scenarios = { ...exporting, ...turns };

/** What is shown of an error that a scenario throws. */
export interface ShownError {
  name: string;
  message: string;
  code?: string;
  details?: unknown;
  stack?: string;
}

/** How a scenario ended. */
export type Outcome = { result: unknown } | { error: ShownError };

export default {
  async fetch(
    request: Request,
    env: Record<string, unknown>,
    context: { waitUntil(promise: Promise<unknown>): void },
  ): Promise<Response> {
    const name = new URL(request.url).pathname.slice(1) as keyof Scenarios;
    const scenario = scenarios[name] as (args: unknown, scene: Scene) => unknown;
    const scene: Scene = { env, waitUntil: (promise) => context.waitUntil(promise) };
    return Response.json(await outcomeOf(async () => scenario(await request.json(), scene)));
  },
};

async function outcomeOf(play: () => Promise<unknown>): Promise<Outcome> {
  try {
    return { result: await play() ?? null };
  } catch (error) {
    const { name, message, stack } = error as Error;
    const known = isCodexError(error) ? { code: error.code, details: error.details } : {};
    return { error: { name, message, ...(stack ? { stack } : {}), ...known } };
  }
}
