/** Where the programs of the fixtures send their spans, and what must arrive there. */
import assert from "node:assert/strict";
import { otlpReceiver, type ReceivedSpan } from "../../src/testing/mod.ts";
import { VERSION } from "../../src/version.ts";
import { pem, tlsPath } from "../../test/otlp/tls_files.ts";

/** A collector, and the environment that sends a program's spans to it. */
export interface Collector extends AsyncDisposable {
  name: string;
  spans: readonly ReceivedSpan[];
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
  receiver: Awaited<ReturnType<typeof otlpReceiver>>,
  certificates: Record<string, string>,
): Collector {
  const endpoint = { CODEX_OTLP_ENABLE: "1", CODEX_OTLP_ENDPOINT: receiver.url };
  return {
    name,
    spans: receiver.spans,
    env: { ...endpoint, ...certificates },
    [Symbol.asyncDispose]: () => receiver.close(),
  };
}

/** Asserts that the spans of both turns of the program have arrived, and no others. */
export function assertSpans(spans: readonly ReceivedSpan[], service: string): void {
  const [played, double, run] = spans.map((span) => outline(span, spans));
  const common = { service, scope: `@codex-otel/sdk ${VERSION}`, parent: undefined };
  const turn = { name: "invoke_agent codex", result: "ok" };
  assert.equal(spans.length, 3);
  assert.deepEqual(played, { ...common, ...turn, transport: "exec", tokens: [12, 3] });
  assert.deepEqual(run, { ...common, ...turn, transport: "app-server", tokens: [200, 20] });
  assert.deepEqual(double, {
    ...common,
    name: "execute_tool double",
    parent: "invoke_agent codex",
    result: undefined,
    transport: undefined,
    tokens: [undefined, undefined],
  });
}

function outline(
  { name, attributes, resource, scope, parentSpanId }: ReceivedSpan,
  all: readonly ReceivedSpan[],
) {
  return {
    name,
    parent: all.find(({ spanId }) => spanId === parentSpanId)?.name,
    service: resource["service.name"],
    scope: `${scope.name} ${scope.version}`,
    result: attributes["codex.thread.result"],
    transport: attributes["codex.transport"],
    tokens: [attributes["gen_ai.usage.input_tokens"], attributes["gen_ai.usage.output_tokens"]],
  };
}
