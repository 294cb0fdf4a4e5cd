import assert from "node:assert/strict";
import { pem, tlsPath } from "../otlp/tls_files.ts";
import { enable, PLAIN, receive, receivedBy, type Scene, TURN } from "./scene.ts";

/** Scenes of blocks about telemetry. */
export const TELEMETRY_SCENES: Readonly<Record<string, Scene>> = {
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
};
