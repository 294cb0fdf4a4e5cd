import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "node:test";
import { OTLPTraceExporter } from "../../src/otlp/mod.ts";
import { exported, finishedSpans, QUICK, Recorder } from "./helpers.ts";
import { ECHO, PLANTED, PLANTED_HEADERS, Said } from "./said.ts";
import { type Reply, ScriptedCollector } from "./scripted_collector.ts";
import { pem, tlsPath } from "./tls_files.ts";

let said: Said;

describe("What an exporter says", () => {
  beforeEach(() => {
    said = new Said();
  });
  afterEach(() => said.end());

  const faults: Record<string, Reply> = {
    "a refusal that repeats the headers": { status: 400, body: JSON.stringify({ message: ECHO }) },
    "a refusal in plain text": { status: 401, body: `denied: ${ECHO}` },
    "an outage that repeats the headers": { status: 503, body: ECHO },
    "a redirect to elsewhere": {
      status: 307,
      headers: { location: `http://hunter2-token@127.0.0.1:1/?key=query-s3cret` },
    },
    "a partial success": {
      body: JSON.stringify({ partialSuccess: { rejectedSpans: 1, errorMessage: ECHO } }),
    },
    "a reset": "reset",
  };

  for (const [what, reply] of Object.entries(faults)) {
    it(`holds no secret after ${what}`, async () => {
      const collector = await new ScriptedCollector().listen();
      collector.script = ({ index }) => index < 2 ? reply : undefined;
      const recorder = new Recorder();
      const host = `user:p4ssw0rd@127.0.0.1:${collector.port}`;
      const exporter = new OTLPTraceExporter({
        url: `http://${host}/v1/traces?key=query-s3cret`,
        headers: () => PLANTED_HEADERS,
        observer: recorder,
        backoff: QUICK,
      });
      const result = await exported(exporter, finishedSpans(2));
      await exporter.shutdown();
      assert.ok(said.count > 0 && recorder.failures.length + recorder.drops.length > 0);
      const { failures, drops } = recorder;
      said.assertNothingOf(PLANTED, [failures, drops, exporter.stats(), result.error, exporter]);
      assert.equal(collector.requests[0]?.headers["x-tenant"], "tenant-42-secret");
      await collector.close();
    });
  }

  it("holds no key after a failure of TLS", async () => {
    const recorder = new Recorder();
    const exporter = new OTLPTraceExporter({
      url: "https://127.0.0.1:9/v1/traces",
      tls: { cert: pem("client.crt"), key: pem("client_renewed.key"), caFile: tlsPath("ca.crt") },
      observer: recorder,
      backoff: QUICK,
      shutdownTimeoutMillis: 100,
    });
    const result = await exported(exporter, finishedSpans(2));
    const error = await exporter.shutdown().catch((error: unknown) => error);
    assert.equal(recorder.failures[0]?.reason, "tls_key_mismatch");
    const { failures, drops } = recorder;
    said.assertNothingOf(PLANTED, [failures, drops, exporter.stats(), result, error]);
  });

  it("names a header that cannot be sent, not its value", () => {
    const headers = { "x-token": "hunter2-token\n" };
    assert.throws(() => new OTLPTraceExporter({ headers }), (error: Error) => {
      assert.match(error.message, /x-token/);
      said.assertNothingOf(PLANTED, [error]);
      return error instanceof TypeError;
    });
  });
});
