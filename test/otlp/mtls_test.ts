import assert from "node:assert/strict";
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "node:test";
import { OTLPTraceExporter as EdgeExporter } from "../../src/otlp/exporters.ts";
import { OTLPTraceExporter, type TlsOptions } from "../../src/otlp/mod.ts";
import { exported, finishedSpans, QUICK, Recorder, until } from "./helpers.ts";
import { PLANTED, PLANTED_HEADERS, Said } from "./said.ts";
import { ScriptedCollector, type TlsServerOptions } from "./scripted_collector.ts";
import { pem, tlsPath } from "./tls_files.ts";
import { TlsPeers } from "./tls_peers.ts";

const CLIENT: TlsOptions = {
  certFile: tlsPath("client.crt"),
  keyFile: tlsPath("client.key"),
  caFile: tlsPath("ca.crt"),
};

let recorder: Recorder;
let said: Said;
let collector: ScriptedCollector | undefined;
let folder: string;

function serve(
  certificate: string,
  options: Partial<TlsServerOptions> = {},
): Promise<ScriptedCollector> {
  const [cert, key] = [pem(`${certificate}.crt`), pem(`${certificate}.key`)];
  collector = new ScriptedCollector({ cert, key, ca: pem("ca.crt"), ...options });
  return collector.listen();
}

function exporterFor(url: string, tls: TlsOptions): OTLPTraceExporter {
  return new OTLPTraceExporter({
    url: `${url}/v1/traces`,
    headers: PLANTED_HEADERS,
    tls,
    observer: recorder,
    backoff: QUICK,
  });
}

/** Exports one span and gives the reason of the first failure. */
async function firstFailure(exporter: OTLPTraceExporter | EdgeExporter): Promise<string> {
  exporter.export(finishedSpans(1), () => {});
  await until(() => recorder.failures.length > 0);
  assert.equal(exporter.stats().lastError?.reason, recorder.failures[0]?.reason);
  await assert.rejects(exporter.forceFlush({ timeoutMillis: 50 }), { code: "export_incomplete" });
  return recorder.failures[0]!.reason;
}

function scratch(name: string, content: string): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

describe("OTLPTraceExporter with tls", () => {
  beforeEach(() => {
    recorder = new Recorder();
    said = new Said();
    folder = mkdtempSync(join(tmpdir(), "codex-otel-tls-"));
  });
  afterEach(async () => {
    said.end();
    said.assertNothingOf(PLANTED, [recorder.failures, recorder.drops]);
    await collector?.close();
    collector = undefined;
    rmSync(folder, { recursive: true });
  });

  it("delivers with a client certificate from files", async () => {
    const { url } = await serve("server");
    const exporter = exporterFor(url, CLIENT);
    await exported(exporter, finishedSpans(3));
    await exporter.shutdown();
    assert.equal(collector!.distinct, 3);
    assert.deepEqual(recorder.failures, []);
  });

  it("delivers with a client certificate from texts", async () => {
    const { url } = await serve("server");
    const tls = { cert: pem("client.crt"), key: pem("client.key"), ca: pem("ca.crt") };
    const exporter = exporterFor(url, tls);
    await exported(exporter, finishedSpans(3));
    await exporter.shutdown();
    assert.equal(collector!.distinct, 3);
  });

  it("delivers with an authority alone to a server that asks for no certificate", async () => {
    const cert = pem("server.crt");
    collector = await new ScriptedCollector({ cert, key: pem("server.key") }).listen();
    const exporter = exporterFor(collector.url, { caFile: tlsPath("ca.crt") });
    await exported(exporter, finishedSpans(3));
    await exporter.shutdown();
    assert.equal(collector.distinct, 3);
  });

  /** The last is how the runtimes say which of them it is. */
  const untrusted: Record<string, [string, TlsOptions, RegExp]> = {
    "an expired server certificate": ["server_expired", CLIENT, /expired/i],
    "a server certificate for another name": ["server_elsewhere", CLIENT, /altname|not valid for/i],
    "a server certificate of an unknown authority": [
      "server",
      { ...CLIENT, caFile: tlsPath("other_ca.crt") },
      /self.signed|issuer/i,
    ],
    "a server certificate outside of the root store": [
      "server",
      { certFile: CLIENT.certFile!, keyFile: CLIENT.keyFile! },
      /self.signed|issuer/i,
    ],
  };
  for (const [what, [certificate, tls, words]] of Object.entries(untrusted)) {
    it(`reports tls_server_untrusted for ${what}, and says which it is`, async () => {
      const { url } = await serve(certificate);
      assert.equal(await firstFailure(exporterFor(url, tls)), "tls_server_untrusted");
      assert.match(recorder.failures[0]!.message, words);
      assert.equal(collector!.requests.length, 0);
    });
  }

  it("reports tls_client_rejected when the server does not take our certificate", async () => {
    const { url } = await serve("server");
    const stranger = {
      ...CLIENT,
      certFile: tlsPath("client_stranger.crt"),
      keyFile: tlsPath("client_stranger.key"),
    };
    assert.equal(await firstFailure(exporterFor(url, stranger)), "tls_client_rejected");
    assert.equal(collector!.requests.length, 0);
  });

  const unusable: Record<string, () => [string, TlsOptions]> = {
    "a certificate without its key": () => ["tls_incomplete", { certFile: CLIENT.certFile! }],
    "a key without its certificate": () => ["tls_incomplete", { key: pem("client.key") }],
    "a file that is not there": () => [
      "tls_file_unreadable",
      { ...CLIENT, caFile: join(folder, "absent.crt") },
    ],
    "a file without PEM": () => [
      "tls_invalid_pem",
      { ...CLIENT, certFile: scratch("plain.crt", "no certificate") },
    ],
    "a key where a certificate should be": () => [
      "tls_invalid_pem",
      { ...CLIENT, certFile: CLIENT.keyFile! },
    ],
    "a PEM block with nonsense in it": () => [
      "tls_invalid_pem",
      { ...CLIENT, caFile: scratch("bad.crt", pem("ca.crt").replace(/\n[\s\S]+\n-/, "\nAAAA\n-")) },
    ],
    "a key behind a passphrase": () => [
      "tls_key_encrypted",
      { ...CLIENT, keyFile: tlsPath("client_encrypted.key") },
    ],
    "a key behind a passphrase, in the older form": () => [
      "tls_key_encrypted",
      { ca: pem("ca.crt"), cert: pem("client.crt"), key: pem("client_encrypted_old.key") },
    ],
    "a folder in place of a file": () => ["tls_file_unreadable", { ...CLIENT, certFile: folder }],
    "a key that does not fit": () => [
      "tls_key_mismatch",
      { ...CLIENT, keyFile: tlsPath("client_renewed.key") },
    ],
  };
  for (const [what, make] of Object.entries(unusable)) {
    it(`reports ${what}, and sends nothing`, async () => {
      const { url } = await serve("server");
      const [code, tls] = make();
      assert.equal(await firstFailure(exporterFor(url, tls)), code);
      assert.equal(collector!.requests.length, 0);
    });
  }

  it("reports unsupported on a platform without TLS adapter", async () => {
    const exporter = new EdgeExporter({
      url: "https://127.0.0.1:1/v1/traces",
      tls: CLIENT,
      observer: recorder,
      backoff: QUICK,
    });
    assert.equal(await firstFailure(exporter), "unsupported");
  });

  it("uses a certificate that was replaced on disk", async () => {
    const { url } = await serve("server");
    const tls = {
      certFile: scratch("tls.crt", pem("client_stranger.crt")),
      keyFile: scratch("tls.key", pem("client_stranger.key")),
      caFile: CLIENT.caFile!,
    };
    const exporter = exporterFor(url, tls);
    exporter.export(finishedSpans(3), () => {});
    await until(() => recorder.failures.length > 0);
    copyFileSync(CLIENT.certFile!, tls.certFile);
    copyFileSync(CLIENT.keyFile!, tls.keyFile);
    await until(() => collector!.distinct === 3);
    await exporter.shutdown();
    assert.equal(collector!.duplicates, 0);
  });

  it("shows a replaced certificate at the next request, whatever connection is kept alive", async () => {
    await using server = await TlsPeers.listen();
    const tls = {
      certFile: scratch("tls.crt", pem("client.crt")),
      keyFile: scratch("tls.key", pem("client.key")),
      caFile: CLIENT.caFile!,
    };
    const exporter = exporterFor(server.url, tls);
    for (let i = 0; i < 6; i++) await exported(exporter, finishedSpans(1));
    const kept = server.connections;
    // undici opens another now and then, when an answer has not been read to its end.
    assert.ok(kept < 6, `${kept} connections`);
    copyFileSync(tlsPath("client_renewed.crt"), tls.certFile);
    copyFileSync(tlsPath("client_renewed.key"), tls.keyFile);
    for (let i = 0; i < 2; i++) await exported(exporter, finishedSpans(1));
    const before = "codex-otel test client";
    const now = "codex-otel test client_renewed";
    assert.deepEqual(server.requests, [...Array(6).fill(before), now, now]);
    assert.ok(server.connections > kept);
    await exporter.shutdown();
    assert.deepEqual(recorder.failures, []);
    // Bun's pool, which is one for the process, lets go of idle connections in its own time.
    if (!process.versions["bun"]) await until(() => server.open === 0);
  });

  it("stays with the certificates there were while new ones do not fit", async () => {
    const { url } = await serve("server");
    const tls = {
      certFile: scratch("tls.crt", pem("client.crt")),
      keyFile: scratch("tls.key", pem("client.key")),
      caFile: CLIENT.caFile!,
    };
    const exporter = exporterFor(url, tls);
    await exported(exporter, finishedSpans(3));
    copyFileSync(tlsPath("client_renewed.crt"), tls.certFile);
    await exported(exporter, finishedSpans(3));
    await exporter.shutdown();
    assert.equal(collector!.distinct, 6);
    assert.deepEqual(recorder.failures, []);
  });
});
