/**
 * The scenes in which the code blocks of the pages are run: what a block refers to and a test has
 * not got (a collector, a host name, a file), and what must have come of it.
 */
import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../../scripts/lib/project.ts";
import { type ModelScript, type OtlpReceiver, otlpReceiver, reply } from "../../src/testing/mod.ts";
import { pem, tlsPath } from "../otlp/tls_files.ts";
import { startRemoteServer, TOKEN } from "../real/remote_server.ts";
import type { Ended, RunOptions, Stage } from "./stage.ts";

/** A scene; a block without one plays in {@linkcode PLAIN}. */
export interface Scene extends RunOptions {
  /** What the agent's model answers. */
  answers?: ModelScript;
  /** Sets the scene. */
  prepare?(stage: Stage): Promise<void> | void;
  /** Texts that stand for something the reader has: each with what there is on this machine. */
  replace?: Readonly<Record<string, string>>;
  /** The program that has the block as `./block.ts`, in place of the runtime that runs the tests. */
  host?: { command: readonly [string, ...string[]]; module: string };
  /** A module that runs before the block. */
  before?: string;
  /** A module that runs after the block; it has what a `ts` block exports as `block`. */
  after?: string;
  /** What must have come of it, beside an exit code of 0. */
  check?(ended: Ended, stage: Stage): Promise<void> | void;
}

/** An agent that is done at once. */
export const PLAIN: Scene = { answers: () => "Done." };

/** A turn of a stand-in for the CLI, to have a span. */
const TURN = `
import { Codex, telemetry } from "@codex-otel/sdk";
import { catFixture } from "@codex-otel/sdk/testing";
const cli = catFixture([{ type: "thread.started", thread_id: "thread_1" }]);
const run = () => new Codex({ codexPathOverride: cli.path }).startThread().run("trace check");
`;

const receivers = new WeakMap<Stage, OtlpReceiver>();

async function receive(stage: Stage, tls?: Parameters<typeof otlpReceiver>[0]): Promise<void> {
  const receiver = await otlpReceiver(tls);
  stage.defer(() => receiver.close());
  stage.env["RECEIVER"] = receiver.url;
  receivers.set(stage, receiver);
}

/** What the collector of a scene got. */
const receivedBy = (stage: Stage): OtlpReceiver => receivers.get(stage)!;

async function enable(stage: Stage): Promise<void> {
  await receive(stage);
  stage.env["CODEX_OTLP_ENABLE"] = "1";
  stage.env["CODEX_OTLP_ENDPOINT"] = receivedBy(stage).url;
}

/** All scenes, by the names that the pages call them. */
export const SCENES: Readonly<Record<string, Scene>> = {
  "clone": {
    replace: { "npm run": `npm --prefix ${ROOT} run` },
    check: ({ stdout }) => assert.match(stdout, /invoke_agent codex/),
  },
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
  "host": {
    ...PLAIN,
    before: `
import { context, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
} from "@opentelemetry/sdk-trace-base";
export const exporter = new InMemorySpanExporter();
context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
trace.setGlobalTracerProvider(
  new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }),
);
`,
    after: `
for (const { name, parentSpanContext } of before.exporter.getFinishedSpans()) {
  console.log(name, parentSpanContext ? "with a parent" : "alone");
}
`,
    check({ stdout }) {
      assert.match(stdout, /^invoke_agent codex with a parent\nhandle ticket alone$/m);
    },
  },
  "collector": {
    prepare: (stage) => receive(stage),
    after: `${TURN}
console.log(JSON.stringify(await telemetry.configure()));
await telemetry.configure({ endpoint: process.env.RECEIVER });
await run();
await telemetry.shutdown();
`,
    async check({ stdout }, stage) {
      const status = JSON.parse(stdout);
      assert.equal(status.enabled, true);
      assert.equal(status.endpoint, "https://otel.example.com:4318/v1/traces");
      await receivedBy(stage).waitForSpans(1);
      const { headers } = receivedBy(stage).requests[0]!;
      assert.equal(headers["authorization"], "Bearer abc123");
      assert.equal(headers["tenant-id"], "codex");
    },
  },
  "enabled": {
    prepare: enable,
    check: ({ stdout }, stage) =>
      assert.ok(stdout.includes(`true ${receivedBy(stage).url}/v1/traces`), stdout),
  },
  "mtls": {
    replace: { "/path/to/": tlsPath("") },
    async prepare(stage) {
      const tls = { cert: pem("server.crt"), key: pem("server.key"), clientCa: pem("ca.crt") };
      await receive(stage, { tls });
    },
    after: `${TURN}
const { mtls } = await telemetry.configure({ enabled: true, endpoint: process.env.RECEIVER });
console.log("mtls", mtls);
await run();
await telemetry.shutdown();
`,
    async check({ stdout }, stage) {
      assert.match(stdout, /^mtls true$/m);
      await receivedBy(stage).waitForSpans(1);
    },
  },
  "joined": {
    ...PLAIN,
    prepare: enable,
    check(_, stage) {
      const { spans } = receivedBy(stage);
      const turn = spans.find(({ name }) => name === "invoke_agent codex");
      const ofTheCli = spans.filter(({ scope }) => scope.name !== "@codex-otel/sdk");
      assert.ok(turn && ofTheCli.some(({ traceId }) => traceId === turn.traceId));
    },
  },
  "port": {
    check({ stdout }) {
      assert.match(stdout, /^span invoke_agent codex \{/m);
      assert.match(stdout, /codex\.thread\.id.*thread_1/);
    },
  },
  "tail": {
    after: `${TURN}
await run();
`,
    check({ stdout, stderr }) {
      assert.match(stdout + stderr, /\[codex\] thread stop duration_ms=[\d.]+ .*result=ok/);
      assert.match(stdout, /^codex\.thread\.stop [\d.]+ ok$/m);
      assert.match(stdout, /ends/);
    },
  },
  "staged": {
    prepare: (stage) => stage.write({ "note.txt": "Be brief." }),
    before: `
import { files } from "@codex-otel/sdk";
await files.stage("note.txt");
`,
    check: (_, { folder }) => {
      const left = readdirSync(join(folder, "tmp"), { recursive: true });
      assert.deepEqual(left.filter((path) => String(path).includes("note.txt")), []);
    },
  },
  "wedged": {
    before: `
import { Codex, telemetry } from "@codex-otel/sdk";
import { catFixture } from "@codex-otel/sdk/testing";
const cli = catFixture([], { lingerMs: 90_000 });
const started = new Promise((resolve) => telemetry.attach("t", "codex.process.start", resolve));
export const run = new Codex({ codexPathOverride: cli.path }).startThread().run("Hang")
  .catch((error) => error);
await started;
`,
    after: `
console.log("the run ended:", (await before.run).code);
`,
    check({ stdout }) {
      assert.match(stdout, /^\d+ .*codex exec/m);
      assert.match(stdout, /^the run ended: exec_failed$/m);
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
};

/** A picture of one pixel. */
export const PNG: Uint8Array = Uint8Array.from(
  atob(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
  ),
  (character) => character.charCodeAt(0),
);
