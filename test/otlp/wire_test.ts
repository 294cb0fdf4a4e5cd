/** What a collector sees of a request, under each runtime. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { networkInterfaces } from "node:os";
import { OTLPTraceExporter } from "../../src/otlp/mod.ts";
import { exported, finishedSpans } from "./helpers.ts";
import { ScriptedCollector } from "./scripted_collector.ts";

const hasIpv6 = Object.values(networkInterfaces()).flat().some((one) => one?.address === "::1");

/** Sends spans to a URL made of the collector's host and port. */
async function requestTo(make: (authority: string) => string, options: {
  host?: string;
  compression?: "gzip" | "none";
} = {}) {
  const { host = "127.0.0.1", compression = "gzip" } = options;
  const collector = await new ScriptedCollector().listen(0, host);
  const authority = `${host.includes(":") ? `[${host}]` : host}:${collector.port}`;
  const exporter = new OTLPTraceExporter({ url: make(authority), compression });
  await exported(exporter, finishedSpans(20));
  await exporter.shutdown();
  await collector.close();
  assert.equal(collector.distinct, 20);
  return collector.requests[0]!;
}

describe("A request of an exporter", () => {
  it("says who sends it and what it holds", async () => {
    const { headers } = await requestTo((to) => `http://${to}/v1/traces`);
    assert.match(headers["user-agent"] ?? "", /^codex-otel\/\d+\.\d+\.\d+/);
    assert.equal(headers["content-type"], "application/json");
    assert.equal(headers["content-encoding"], "gzip");
  });

  it("is smaller with gzip, and plain without", async () => {
    const zipped = await requestTo((to) => `http://${to}/v1/traces`);
    const plain = await requestTo((to) => `http://${to}/v1/traces`, { compression: "none" });
    assert.equal(plain.headers["content-encoding"], undefined);
    assert.equal(plain.wireBytes, plain.text.length);
    assert.ok(zipped.wireBytes < plain.wireBytes / 2);
  });

  it("goes to the path and query of the URL, without its fragment", async () => {
    const { path } = await requestTo((to) => `http://${to}/in/v1/traces/?key=a%20b&x#part`);
    assert.equal(path, "/in/v1/traces/?key=a%20b&x");
  });

  it("turns the URL's user and password into a header", async () => {
    const { path, headers } = await requestTo((to) => `http://us%40er:pa%3Ass@${to}/v1/traces`);
    assert.equal(path, "/v1/traces");
    assert.equal(headers.authorization, `Basic ${btoa("us@er:pa:ss")}`);
  });

  const skip = hasIpv6 ? false : "this machine has no IPv6 loopback";
  it("goes to an IPv6 address", { skip }, async () => {
    const { path } = await requestTo((to) => `http://${to}/v1/traces`, { host: "::1" });
    assert.equal(path, "/v1/traces");
  });
});
