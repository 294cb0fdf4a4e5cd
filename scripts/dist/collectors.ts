/** Where the programs of the fixtures send their spans, and what must arrive there. */
import assert from "node:assert/strict";
import { type OtlpReceiver, otlpReceiver, type ReceivedSpan } from "../../src/testing/mod.ts";
import { VERSION } from "../../src/version.ts";
import { pem, tlsPath } from "../../test/otlp/tls_files.ts";

/** A collector, and the environment that sends a program's spans to it. */
export interface Collector extends AsyncDisposable {
  name: string;
  receiver: OtlpReceiver;
  env: Record<string, string>;
}

/** One by plain HTTP. */
export async function plainCollector(): Promise<Collector> {
  const receiver = await otlpReceiver();
  return describe("a collector", receiver, {});
}

/** One that asks for a client certificate. */
export async function mutualTlsCollector(): Promise<Collector> {
  const tls = { cert: pem("server.crt"), key: pem("server.key"), clientCa: pem("ca.crt") };
  const receiver = await otlpReceiver({ tls });
  return describe("a collector with mTLS", receiver, {
    CODEX_OTLP_CERTFILE: tlsPath("client.crt"),
    CODEX_OTLP_KEYFILE: tlsPath("client.key"),
    CODEX_OTLP_CACERTFILE: tlsPath("ca.crt"),
  });
}

function describe(
  name: string,
  receiver: OtlpReceiver,
  certificates: Record<string, string>,
): Collector {
  const endpoint = { CODEX_OTLP_ENABLE: "1", CODEX_OTLP_ENDPOINT: receiver.url };
  return {
    name,
    receiver,
    env: { ...endpoint, ...certificates },
    [Symbol.asyncDispose]: () => receiver.close(),
  };
}

/** Asserts that the spans of both turns of the program have arrived, and no others. */
export function assertSpans(spans: readonly ReceivedSpan[], service: string): void {
  assert.deepEqual(outlines(spans), [
    turnOutline({ service, transport: "exec", tokens: [12, 3] }),
    {
      ...origin(service),
      name: "execute_tool double",
      parent: "invoke_agent codex",
      result: undefined,
      transport: undefined,
      tokens: [undefined, undefined],
    },
    turnOutline({ service, transport: "app-server", tokens: [200, 20] }),
  ]);
}

/** Asserts that the span of one turn on a remote app-server has arrived, and no other. */
export function assertRemoteTurn(spans: readonly ReceivedSpan[], service: string): void {
  const turn = turnOutline({ service, transport: "websocket", tokens: [100, 10] });
  assert.deepEqual(outlines(spans), [turn]);
}

const origin = (service: string) => ({ service, scope: `@codex-otel/sdk ${VERSION}` });

function turnOutline(
  { service, ...known }: { service: string; transport: string; tokens: number[] },
) {
  const name = "invoke_agent codex";
  return { ...origin(service), name, parent: undefined, result: "ok", ...known };
}

function outlines(spans: readonly ReceivedSpan[]) {
  return spans.map(({ name, attributes, resource, scope, parentSpanId }) => ({
    name,
    parent: spans.find(({ spanId }) => spanId === parentSpanId)?.name,
    service: resource["service.name"],
    scope: `${scope.name} ${scope.version}`,
    result: attributes["codex.thread.result"],
    transport: attributes["codex.transport"],
    tokens: [attributes["gen_ai.usage.input_tokens"], attributes["gen_ai.usage.output_tokens"]],
  }));
}
