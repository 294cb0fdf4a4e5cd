/** A remote app-server behind TLS, as `wss:` reaches it. */
import assert from "node:assert/strict";
import { type AddressInfo, connect, type Socket } from "node:net";
import { describe, it } from "node:test";
import { createServer } from "node:tls";
import { scriptedModel } from "../../src/testing/mod.ts";
import { pem, tlsPath } from "../otlp/tls_files.ts";
import { runProgram } from "../runtime/running_runtime.ts";
import { startRemoteServer, TOKEN } from "./remote_server.ts";

/** Ends TLS in front of a port of loopback, as a proxy of an operator's does. */
async function startTlsProxy(port: number, certificate: string) {
  const sockets = new Set<Socket>();
  const keep = (socket: Socket) => void sockets.add(socket.on("error", () => {}));
  const identity = { cert: pem(`${certificate}.crt`), key: pem(`${certificate}.key`) };
  const server = createServer(identity, (secure) => {
    const plain = connect(port, "127.0.0.1");
    keep(plain);
    secure.on("error", () => plain.destroy()).pipe(plain).pipe(secure);
  });
  server.on("connection", keep).on("tlsClientError", () => {});
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `wss://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** How each runtime is told of an authority of one's own. */
const TRUST = { NODE_EXTRA_CA_CERTS: tlsPath("ca.crt"), DENO_CERT: tlsPath("ca.crt") };

/** A turn through a proxy with this certificate, in a program with this environment. */
async function turnThrough(certificate: string, env: Record<string, string>) {
  await using model = await scriptedModel(["Hello."]);
  const remote = await startRemoteServer(model.codexOptions().env);
  try {
    await using proxy = await startTlsProxy(remote.port, certificate);
    const ended = await runProgram("secure_remote_program.ts", [proxy.url, TOKEN], { env });
    assert.equal(ended.code, 0, ended.stderr);
    return { url: proxy.url, outcome: JSON.parse(ended.stdout), asked: model.requests.length };
  } finally {
    await remote.kill();
  }
}

describe("an app-server behind TLS", () => {
  it("serves turns where the runtime is told of its authority", { timeout: 60_000 }, async () => {
    const { outcome, asked } = await turnThrough("server", TRUST);
    assert.deepEqual([outcome, asked], [{ finalResponse: "Hello." }, 1]);
  });

  const refused: [what: string, certificate: string, env: Record<string, string>][] = [
    ["nobody vouches for", "server", {}],
    ["has expired", "server_expired", TRUST],
    ["is another host's", "server_elsewhere", TRUST],
  ];
  for (const [what, certificate, env] of refused) {
    it(`is not talked to with a certificate that ${what}`, { timeout: 60_000 }, async () => {
      const { url, outcome, asked } = await turnThrough(certificate, env);
      assert.equal(outcome.code, "connection_refused", JSON.stringify(outcome));
      assert.equal(outcome.details.url, url);
      assert.match(outcome.details.reason, /cert|SELF_SIGNED|verif|issuer/i);
      assert.equal(asked, 0);
    });
  }
});
