/** What `status()` and the events say of mTLS, with the certificates in the environment. */
import assert from "node:assert/strict";
import { afterEach, describe, it } from "node:test";
import { createTelemetry } from "../../mod.ts";
import { until } from "../otlp/helpers.ts";
import { ScriptedCollector } from "../otlp/scripted_collector.ts";
import { pem, tlsPath } from "../otlp/tls_files.ts";
import { Scenario } from "./scenario.ts";

const VARIABLES = {
  CODEX_OTLP_ENABLE: "1",
  CODEX_OTLP_CERTFILE: tlsPath("client.crt"),
  CODEX_OTLP_KEYFILE: tlsPath("client.key"),
  CODEX_OTLP_CACERTFILE: tlsPath("ca.crt"),
};

let collector: ScriptedCollector | undefined;

async function serve(certificate: string): Promise<string> {
  const [cert, key, ca] = [`${certificate}.crt`, `${certificate}.key`, "ca.crt"].map(pem);
  collector = await new ScriptedCollector({ cert: cert!, key: key!, ca: ca! }).listen();
  return collector.url;
}

afterEach(async () => {
  await collector?.close();
  collector = undefined;
});

describe("configure() with certificates in the environment", () => {
  const unusable: Record<string, [code: string, variables: Record<string, string>]> = {
    "a certificate without its key": ["tls_incomplete", { CODEX_OTLP_KEYFILE: "" }],
    "a key without its certificate": ["tls_incomplete", { CODEX_OTLP_CERTFILE: "" }],
    "a file that is not there": ["tls_file_unreadable", { CODEX_OTLP_CACERTFILE: "/no/such.pem" }],
    "a file that is no PEM": ["tls_invalid_pem", { CODEX_OTLP_CERTFILE: tlsPath("client.key") }],
    "a key behind a passphrase": ["tls_key_encrypted", {
      CODEX_OTLP_KEYFILE: tlsPath("client_encrypted.key"),
    }],
    "a key that does not fit": ["tls_key_mismatch", {
      CODEX_OTLP_KEYFILE: tlsPath("client_renewed.key"),
    }],
  };
  for (const [what, [code, variables]] of Object.entries(unusable)) {
    it(`stays off for ${what}: ${code} in the status and the event`, async () => {
      const telemetry = createTelemetry();
      const reasons: string[] = [];
      telemetry.attach("watch", "codex.telemetry.configure.failure", ({ metadata }) => {
        reasons.push(metadata.reason);
      });
      const env = { ...VARIABLES, CODEX_OTLP_ENDPOINT: await serve("server"), ...variables };
      const status = await telemetry.configure({ env });
      assert.deepEqual([status.enabled, status.error?.code], [false, code]);
      assert.deepEqual(reasons, [code]);
      assert.doesNotMatch(JSON.stringify(status), /BEGIN|PRIVATE/);
      new Scenario(telemetry).start().at(10).stop(10);
      await telemetry.shutdown();
      assert.deepEqual(collector!.requests, []);
    });
  }

  const refused: Record<string, [code: string, server: string, variables: object]> = {
    "an expired server certificate": ["tls_server_untrusted", "server_expired", {}],
    "a server certificate for another name": ["tls_server_untrusted", "server_elsewhere", {}],
    "an authority it does not know": ["tls_server_untrusted", "server", {
      CODEX_OTLP_CACERTFILE: tlsPath("other_ca.crt"),
    }],
    "a server that does not take our certificate": ["tls_client_rejected", "server", {
      CODEX_OTLP_CERTFILE: tlsPath("client_stranger.crt"),
      CODEX_OTLP_KEYFILE: tlsPath("client_stranger.key"),
    }],
  };
  for (const [what, [code, server, variables]] of Object.entries(refused)) {
    it(`keeps the spans for ${what}: ${code} in the status and the event`, async () => {
      const telemetry = createTelemetry();
      const reasons: string[] = [];
      telemetry.attach("watch", "codex.telemetry.export.failure", ({ metadata }) => {
        reasons.push(metadata.reason);
      });
      const env = { ...VARIABLES, CODEX_OTLP_ENDPOINT: await serve(server), ...variables };
      const { enabled, mtls } = await telemetry.configure({ env });
      assert.deepEqual([enabled, mtls], [true, true]);
      new Scenario(telemetry).start().at(10).stop(10);
      await until(() => reasons.length > 0);
      const { lastError, spans } = telemetry.status();
      assert.deepEqual([reasons[0], lastError?.reason], [code, code]);
      assert.deepEqual(spans, { exported: 0, queued: 1, dropped: 0 });
      assert.deepEqual(collector!.requests, []);
    });
  }

  it("delivers all signals by mTLS", async () => {
    const telemetry = createTelemetry();
    const env = { ...VARIABLES, CODEX_OTLP_ENDPOINT: await serve("server") };
    const status = await telemetry.configure({ env, signals: ["traces", "metrics", "logs"] });
    assert.equal(status.mtls, true);
    new Scenario(telemetry).start().at(10).stop(10);
    const { lastError, spans } = await telemetry.shutdown();
    assert.deepEqual([lastError, spans.exported], [undefined, 1]);
    const paths = new Set(collector!.requests.map(({ path }) => path));
    assert.deepEqual([...paths].sort(), ["/v1/logs", "/v1/metrics", "/v1/traces"]);
  });

  it("says that no certificate is used where the URL is no https: URL", async () => {
    collector = await new ScriptedCollector().listen();
    const telemetry = createTelemetry();
    const env = { ...VARIABLES, CODEX_OTLP_ENDPOINT: collector.url };
    assert.equal((await telemetry.configure({ env })).mtls, false);
    await telemetry.shutdown();
  });
});
