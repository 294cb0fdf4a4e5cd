import assert from "node:assert/strict";
import { ROOT } from "../../scripts/lib/project.ts";
import { reply } from "../../src/testing/mod.ts";
import { startRemoteServer, TOKEN } from "../real/remote_server.ts";
import { enable, PLAIN, PNG, receive, receivedBy, type Scene } from "./scene.ts";

/** Scenes of blocks that have an agent do something. */
export const AGENT_SCENES: Readonly<Record<string, Scene>> = {
  "review": {
    answers: [JSON.stringify({ approve: false, remarks: "Name the constant." })],
    async prepare(stage) {
      await enable(stage);
    },
    check({ stdout }, stage) {
      assert.match(stdout, /changes requested: Name the constant\. \{/);
      const { attributes } = receivedBy(stage).spans.at(-1)!;
      assert.equal(attributes["codex.source"], "review-bot");
      assert.equal(attributes["codex.labels.pull"], "42");
    },
  },
  "tracker": {
    answers: [reply.tool("read_ticket", { id: "42" }), "Fixed."],
    before: `
globalThis.fetch = (url) => Promise.resolve(Response.json({ title: "Ticket of " + url }));
`,
    check(_, { model }) {
      const asked = JSON.stringify(model.requests[1]?.body);
      assert.match(asked, /Ticket of https:\/\/tracker\.example\.com\/42/);
    },
  },
  "screenshot": {
    ...PLAIN,
    prepare: (stage) => stage.write({ "screenshot.png": PNG }),
    check(_, { model }) {
      assert.match(JSON.stringify(model.requests[0]?.body), /input_image/);
    },
  },
  "deno task": {
    ...PLAIN,
    check: ({ stdout, stderr }) => {
      assert.match(stdout, /^Done\.$/m);
      assert.match(stdout + stderr, /\[codex\] thread stop/);
    },
  },
  "bun script": {
    ...PLAIN,
    replace: { "git log": `git -C ${ROOT} log` },
    check({ stdout }, { model }) {
      assert.match(stdout, /^Done\.$/m);
      assert.match(JSON.stringify(model.requests[0]?.body), /Release notes of:\\n[0-9a-f]{7}/);
    },
  },
  "app-server": {
    replace: { ":4500": ":0" },
    prepare: (stage) => stage.write({ token: "secret" }),
    until: (output) => /listening on: ws:/.test(output),
  },
  "worker": {
    ...PLAIN,
    async prepare(stage) {
      await receive(stage);
      const server = await startRemoteServer(stage.env);
      stage.defer(() => server.kill());
      stage.env["SERVER"] = server.url;
    },
    host: {
      command: ["node", "--import", "tsx", "host.ts"],
      module: `
import { build } from "esbuild";
import { Miniflare } from "miniflare";
const { outputFiles: [script] } = await build({
  entryPoints: ["block.ts"],
  bundle: true,
  write: false,
  format: "esm",
  target: "es2022",
  conditions: ["workerd", "worker", "browser"],
});
const workers = new Miniflare({
  modules: true,
  script: script.text,
  compatibilityDate: "2026-01-01",
  bindings: {
    APP_SERVER_URL: process.env.SERVER,
    APP_SERVER_TOKEN: ${JSON.stringify(TOKEN)},
    CODEX_OTLP_ENABLE: "1",
    CODEX_OTLP_ENDPOINT: process.env.RECEIVER,
  },
});
const answer = await workers.dispatchFetch("http://worker/", { method: "POST", body: "Hello" });
console.log(await answer.text());
`,
    },
    until: (output, stage) => /^Done\.$/m.test(output) && receivedBy(stage).spans.length > 0,
    check(_, stage) {
      assert.equal(receivedBy(stage).spans[0]?.attributes["codex.transport"], "websocket");
    },
  },
  "clone": {
    replace: { "npm run": `npm --prefix ${ROOT} run` },
    check: ({ stdout }) => assert.match(stdout, /invoke_agent codex/),
  },
};
