import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "node:test";
import { diag, DiagLogLevel } from "@opentelemetry/api";
import { OTLPTraceExporter } from "../../src/otlp/mod.ts";
import { exported, finishedSpans, QUICK, Recorder } from "./helpers.ts";
import { type Reply, ScriptedCollector } from "./scripted_collector.ts";
import { pem, tlsPath } from "./tls_files.ts";

const SECRETS = ["hunter2-token", "tenant-42-secret", "p4ssw0rd", "query-s3cret"];
const SECRET = new RegExp(`${SECRETS.join("|")}|PRIVATE KEY|BEGIN CERT|${btoa("user:p4ssw0rd")}`);

let said: unknown[];

function show(value: unknown): string {
  if (!(value instanceof Error)) return JSON.stringify(value) ?? String(value);
  return `${value.stack} ${JSON.stringify(value)} ${value.cause ? show(value.cause) : ""}`;
}

describe("What an exporter says", () => {
  beforeEach(() => {
    said = [];
    const say = (...args: unknown[]) => void said.push(...args);
    const logger = { error: say, warn: say, info: say, debug: say, verbose: say };
    diag.setLogger(logger, { logLevel: DiagLogLevel.ALL, suppressOverrideMessage: true });
  });
  afterEach(() => diag.disable());

  const echo = SECRETS.join(" ") + " Bearer hunter2-token";
  const faults: Record<string, Reply> = {
    "a refusal that repeats the headers": { status: 400, body: JSON.stringify({ message: echo }) },
    "a refusal in plain text": { status: 401, body: `denied: ${echo}` },
    "an outage that repeats the headers": { status: 503, body: echo },
    "a redirect to elsewhere": {
      status: 307,
      headers: { location: `http://hunter2-token@127.0.0.1:1/?key=query-s3cret` },
    },
    "a partial success": {
      body: JSON.stringify({ partialSuccess: { rejectedSpans: 1, errorMessage: echo } }),
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
        headers: () => ({ "x-token": "Bearer hunter2-token", "x-tenant": "tenant-42-secret" }),
        observer: recorder,
        backoff: QUICK,
      });
      const result = await exported(exporter, finishedSpans(2));
      await exporter.shutdown();
      const all = [
        said,
        recorder.failures,
        recorder.drops,
        exporter.stats(),
        result.error,
        exporter,
      ];
      const text = all.flat().map(show).join("\n");
      assert.ok(said.length > 0 && recorder.failures.length + recorder.drops.length > 0);
      assert.doesNotMatch(text, SECRET);
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
    const all = [said, recorder.failures, recorder.drops, exporter.stats(), result, error];
    assert.equal(recorder.failures[0]?.reason, "tls_key_mismatch");
    assert.doesNotMatch(all.flat().map(show).join("\n"), SECRET);
  });

  it("names a header that cannot be sent, not its value", () => {
    const headers = { "x-token": "hunter2-token\n" };
    assert.throws(() => new OTLPTraceExporter({ headers }), (error: Error) => {
      assert.match(error.message, /x-token/);
      assert.doesNotMatch(show(error), SECRET);
      return error instanceof TypeError;
    });
  });
});
