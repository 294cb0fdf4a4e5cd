/** Runs the Worker of `test/dist/edge_worker/` in workerd, as one module without any other. */
import assert from "node:assert/strict";
import { Miniflare } from "miniflare";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { scriptedModel } from "../../src/testing/mod.ts";
import { startRemoteServer, TOKEN } from "../../test/real/remote_server.ts";
import type { CheckResult } from "../check.ts";
import { buildFixture } from "./build_fixture.ts";
import { assertRemoteTurn, plainCollector } from "./collectors.ts";
import { WORKER } from "./fixtures.ts";
import type { Workplace } from "./workplace.ts";

/** Builds the Worker, and has it run a turn on a real app-server. */
export async function runWorker(workplace: Workplace): Promise<CheckResult> {
  const built = await buildFixture(WORKER, workplace);
  if ("skipped" in built) return { ok: true, output: "", skipped: built.skipped };
  await using model = await scriptedModel(["From far away."]);
  await using collector = await plainCollector();
  const { env } = model.codexOptions();
  const server = await startRemoteServer(env);
  try {
    const bindings = {
      ...collector.env,
      OTEL_SERVICE_NAME: WORKER.name,
      APP_SERVER_URL: server.url,
      APP_SERVER_TOKEN: TOKEN,
    };
    assert.equal(await ask(join(built.folder, "worker.js"), bindings), "From far away.");
    assertRemoteTurn(await collector.receiver.waitForSpans(1), WORKER.name);
  } finally {
    await server.kill();
  }
  return { ok: true, output: "" };
}

async function ask(script: string, bindings: Record<string, string>): Promise<string> {
  const worker = new Miniflare({
    modules: [{ type: "ESModule", path: "worker.js", contents: readFileSync(script, "utf8") }],
    compatibilityDate: "2026-04-01",
    bindings,
  });
  try {
    const answer = await worker.dispatchFetch("http://worker/", { method: "POST", body: "Hello" });
    return await answer.text();
  } finally {
    await worker.dispose();
  }
}
