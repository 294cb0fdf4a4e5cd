import assert from "node:assert/strict";
import { it } from "node:test";
import { otlpReceiver, scriptedModel } from "../../src/testing/mod.ts";
import { startRemoteServer, TOKEN } from "../real/remote_server.ts";
import { startMiniflare } from "./edge_worker.ts";

it("a Worker in front of a remote app-server answers, and its spans arrive", {
  timeout: 60_000,
}, async () => {
  await using model = await scriptedModel(["Paris.", "Rome."]);
  await using collector = await otlpReceiver();
  const remote = await startRemoteServer(model.codexOptions().env);
  const bindings = {
    CODEX_URL: remote.url,
    CODEX_TOKEN: TOKEN,
    CODEX_OTLP_ENDPOINT: collector.url,
  };
  const worker = await startMiniflare("test/edge/recipe.ts", { bindings });
  try {
    for (const answer of ["Paris.", "Rome."]) {
      const response = await worker.dispatchFetch("http://worker/", {
        method: "POST",
        body: "Which capital?",
      });
      assert.deepEqual([response.status, await response.text()], [200, answer]);
    }
    await collector.waitForSpans(2);
    assert.deepEqual(collector.spans.map(({ name }) => name), Array(2).fill("invoke_agent codex"));
  } finally {
    await worker.dispose();
    await remote.kill();
  }
});
