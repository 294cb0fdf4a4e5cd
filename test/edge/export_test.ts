import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { type OtlpFault, type OtlpReceiver, otlpReceiver } from "../../src/testing/mod.ts";
import { ScriptedCollector } from "../otlp/scripted_collector.ts";
import { pem } from "../otlp/tls_files.ts";
import { COMPATIBILITY_DATES, EdgeWorker } from "./edge_worker.ts";

/** Bounds what may be a hang. */
const limited = { timeout: 60_000 };

/** The steps that the spans which arrived belong to, in order. */
function arrived({ spans }: OtlpReceiver): unknown[] {
  return spans.map(({ attributes }) => attributes["codex.workflow"]).sort();
}

const names = (count: number): string[] =>
  Array.from({ length: count }, (_, index) => `step ${String(index).padStart(3, "0")}`);

describe("the exporter in workerd", () => {
  let worker: EdgeWorker;
  before(async () => void (worker = await EdgeWorker.start()));
  after(() => worker?.[Symbol.asyncDispose]());

  it("delivers by gzip with the flush that waitUntil was given", limited, async () => {
    await using collector = await otlpReceiver();
    await worker.play("configure", { enabled: true, endpoint: collector.url });
    await worker.play("endAndLeaveFlush", names(20));
    await collector.waitForSpans(20);
    assert.deepEqual(arrived(collector), names(20));
    assert.deepEqual(collector.requests.map(({ headers }) => headers["content-encoding"]), [
      "gzip",
    ]);
    assert.equal(worker.output, "");
  });

  it("sends metrics and logs as well", limited, async () => {
    await using collector = await otlpReceiver();
    const signals = ["traces", "metrics", "logs"] as const;
    await worker.play("configure", { enabled: true, endpoint: collector.url, signals });
    const status = await worker.play("endAndFlush", ["one"]);
    assert.deepEqual(status.signals, signals);
    assert.deepEqual(arrived(collector), ["one"]);
    assert.ok(collector.metrics.length > 0);
    assert.ok(collector.logs.length > 0);
  });

  it("delivers each span of many requests at once", limited, async () => {
    await using collector = await otlpReceiver();
    await worker.play("configure", { enabled: true, endpoint: collector.url });
    await Promise.all(names(30).map((name) => worker.play("endAndLeaveFlush", [name])));
    await collector.waitForSpans(30);
    assert.deepEqual(arrived(collector), names(30));
    assert.equal((await worker.play("status")).spans.queued, 0);
  });

  const faults: { title: string; fault: OtlpFault; reason: string }[] = [
    { title: "a 503", fault: { status: 503 }, reason: "http_status" },
    {
      title: "a 429 with Retry-After",
      fault: { status: 429, headers: { "retry-after": "1" } },
      reason: "http_status",
    },
    { title: "a reset", fault: "reset", reason: "connection" },
    { title: "no answer within the timeout", fault: "hang", reason: "timeout" },
  ];
  for (const { title, fault, reason } of faults) {
    it(`tries again after ${title}`, limited, async () => {
      await using collector = await otlpReceiver();
      await worker.play("configure", { enabled: true, endpoint: collector.url, timeoutMs: 300 });
      await worker.play("announced");
      collector.respondWith(fault);
      const status = await worker.play("endAndFlush", ["one"]);
      assert.deepEqual(status.spans, { exported: 1, queued: 0, dropped: 0 });
      assert.equal(status.lastError?.reason, reason);
      assert.equal(collector.requests.length, 2);
      assert.deepEqual(arrived(collector), ["one"]);
      assert.deepEqual(await worker.play("announced"), [`export.failure ${reason}`]);
    });
  }

  it("gives up what the collector refuses, all or a part", limited, async () => {
    await using collector = await otlpReceiver();
    await worker.play("configure", { enabled: true, endpoint: collector.url });
    await worker.play("announced");
    collector.respondWith({ status: 400, body: { message: "no such field" } });
    const refused = await worker.play("endAndFlush", ["one"]);
    assert.deepEqual(refused.spans, { exported: 0, queued: 0, dropped: 1 });
    assert.match(refused.lastError?.message ?? "", /400: no such field/);
    collector.respondWith({
      body: { partialSuccess: { rejectedSpans: "1", errorMessage: "too old" } },
    });
    const partial = await worker.play("endAndFlush", ["two", "three"]);
    assert.deepEqual(partial.spans, { exported: 1, queued: 0, dropped: 2 });
    assert.match(partial.lastError?.message ?? "", /too old/);
    assert.deepEqual(await worker.play("announced"), [
      "export.failure http_status",
      "export.dropped rejected",
      "export.dropped partial_success",
    ]);
  });

  it("takes a 200 for a yes, whatever its body", limited, async () => {
    await using collector = await otlpReceiver();
    await worker.play("configure", { enabled: true, endpoint: collector.url });
    collector.respondWith({ body: "<html>Hello</html>" });
    const status = await worker.play("endAndFlush", ["one"]);
    assert.deepEqual(status.spans, { exported: 1, queued: 0, dropped: 0 });
    assert.equal(status.lastError, undefined);
  });

  it("keeps spans while the collector is away, and tries until it is back", limited, async () => {
    const gone = await new ScriptedCollector().listen();
    await gone.close();
    await worker.play("configure", { enabled: true, endpoint: gone.url });
    await worker.play("announced");
    const flushing = worker.play("endAndFlush", ["one"]);
    while (!(await worker.play("announced")).includes("export.failure connection"));
    assert.equal((await worker.play("status")).spans.queued, 1);
    const collector = await new ScriptedCollector().listen(gone.port);
    try {
      assert.deepEqual((await flushing).spans, { exported: 1, queued: 0, dropped: 0 });
      assert.equal(collector.distinct, 1);
    } finally {
      await collector.close();
    }
  });

  const brokenAnswers = ["reset_midway", "hang_midway", "flood"] as const;
  for (const reply of brokenAnswers) {
    it(`takes a 200 for a yes although its body does this: ${reply}`, limited, async () => {
      const collector = await new ScriptedCollector().listen();
      collector.script = () => reply;
      try {
        const endpoint = { enabled: true, endpoint: collector.url, timeoutMs: 500 };
        await worker.play("configure", endpoint);
        const status = await worker.play("endAndFlush", ["one"]);
        assert.deepEqual(status.spans, { exported: 1, queued: 0, dropped: 0 });
        assert.equal(collector.requests.length, 1);
      } finally {
        await collector.close();
      }
    });
  }

  it("leaves a collector alone that asks for it, without holding a request", limited, async () => {
    await using collector = await otlpReceiver();
    await worker.play("configure", { enabled: true, endpoint: collector.url });
    collector.respondWith({ status: 429, headers: { "retry-after": "3000" } });
    for (const name of ["one", "two"]) {
      const status = await worker.play("endAndFlush", [name]);
      assert.equal(status.lastError?.reason, "incomplete");
    }
    assert.equal(collector.requests.length, 1);
    assert.deepEqual((await worker.play("status")).spans, { exported: 0, queued: 2, dropped: 0 });
    const status = await worker.play("shutdown");
    assert.deepEqual(status.spans, { exported: 0, queued: 0, dropped: 2 });
  });

  it("works behind a tracer provider of the user's own", limited, async () => {
    await using collector = await otlpReceiver();
    const stats = await worker.play("ownProvider", `${collector.url}/v1/traces`);
    assert.deepEqual(stats, { exported: 1, queued: 0, dropped: 0 });
    assert.deepEqual(collector.spans.map(({ name }) => name), ["own work"]);
  });

  it("keeps spans in memory where it is told to", async () => {
    assert.deepEqual(await worker.play("memory"), ["invoke_agent codex"]);
    const status = await worker.play("configure", { enabled: true, endpoint: "pid://local" });
    assert.equal(status.exporter, "memory");
  });

  it("runs where there is nothing of Node", async () => {
    assert.deepEqual(await worker.play("globals"), []);
  });
});

for (const compatibilityDate of COMPATIBILITY_DATES) {
  describe(`requests in sequence, as of ${compatibilityDate}`, () => {
    let worker: EdgeWorker;
    let collector: OtlpReceiver;
    before(async () => {
      worker = await EdgeWorker.start({ compatibilityDate });
      collector = await otlpReceiver();
    });
    after(async () => {
      await worker?.[Symbol.asyncDispose]();
      await collector.close();
    });
    const configure = () =>
      worker.play("configure", { enabled: true, endpoint: collector.url, timeoutMs: 5_000 });

    it("deliver what one before has left without a flush", limited, async () => {
      await configure();
      collector.clear();
      await worker.play("end", ["one"]);
      const status = await worker.play("endAndFlush", ["two"]);
      assert.deepEqual(status.spans, { exported: 2, queued: 0, dropped: 0 });
      assert.deepEqual(arrived(collector), ["one", "two"]);
    });

    it("deliver what was on its way when one before was over", limited, async () => {
      await configure();
      collector.clear();
      collector.respondWith("hang");
      await worker.play("endAndForgetFlush", ["one"]);
      await collector.waitForRequests(1);
      const status = await worker.play("endAndFlush", ["two"]);
      assert.deepEqual(status.spans, { exported: 2, queued: 0, dropped: 0 });
      assert.deepEqual(arrived(collector), ["one", "two"]);
    });

    it("deliver what waited for another try when one before was over", limited, async () => {
      await configure();
      collector.clear();
      collector.respondWith({ status: 503, headers: { "retry-after": "1" } });
      await worker.play("endAndForgetFlush", ["one"]);
      await collector.waitForRequests(1);
      const status = await worker.play("endAndFlush", ["two"]);
      assert.deepEqual(status.spans, { exported: 2, queued: 0, dropped: 0 });
      assert.deepEqual(arrived(collector), ["one", "two"]);
    });

    it("deliver although one before was over while it configured anew", limited, async () => {
      await configure();
      collector.clear();
      await worker.play("end", ["one"]);
      collector.respondWith("hang");
      await worker.play("forgetConfigure", { enabled: true, endpoint: collector.url });
      await collector.waitForRequests(1);
      await worker.play("endAndFlush", ["two"]);
      assert.deepEqual(arrived(collector), ["one", "two"]);
      assert.equal((await worker.play("shutdown")).enabled, false);
    });
  });
}

describe("configure() in workerd", () => {
  it("reads the variables among bindings of all kinds", limited, async () => {
    await using collector = await otlpReceiver();
    await using worker = await EdgeWorker.start({
      bindings: {
        CODEX_OTLP_ENABLE: true,
        CODEX_OTLP_ENDPOINT: collector.url,
        CODEX_OTLP_HEADERS: "x-key=abc",
        OTEL_SERVICE_NAME: "edge-bot",
        OTEL_RESOURCE_ATTRIBUTES: { "service.name": "an object" },
        OTEL_METRIC_EXPORT_INTERVAL: 5000,
        LIMITS: { tokens: 3 },
      },
      more: {
        kvNamespaces: ["OTEL_STORE"],
        serviceBindings: { CODEX_OTLP_CERTFILE: () => new Response("no certificate") },
      },
    });
    const status = await worker.play("configure", {});
    assert.deepEqual([status.enabled, status.error], [true, undefined]);
    await worker.play("endAndFlush", ["one"]);
    assert.deepEqual(arrived(collector), ["one"]);
    assert.equal(collector.spans[0]?.resource["service.name"], "edge-bot");
    assert.equal(collector.requests[0]?.headers["x-key"], "abc");
  });

  it("is off without bindings", limited, async () => {
    await using worker = await EdgeWorker.start();
    assert.equal((await worker.play("configure", {})).enabled, false);
  });

  it("does mTLS by a fetch that has the certificate", limited, async () => {
    const tls = {
      cert: pem("server.crt"),
      key: pem("server.key"),
      clientCa: pem("ca.crt"),
    };
    await using collector = await otlpReceiver({ tls });
    await using worker = await EdgeWorker.start({ more: certificateBinding() });
    const options = { enabled: true, endpoint: collector.url };
    assert.equal((await worker.play("configureByBinding", options)).enabled, true);
    const status = await worker.play("endAndFlush", ["one"]);
    assert.deepEqual(status.spans, { exported: 1, queued: 0, dropped: 0 });
    assert.deepEqual(arrived(collector), ["one"]);
  });

  it("refuses certificates of its own, and sends nothing without them", limited, async () => {
    await using collector = await otlpReceiver();
    const bindings = { CODEX_OTLP_CERTFILE: "/client.crt", CODEX_OTLP_KEYFILE: "/client.key" };
    await using worker = await EdgeWorker.start({ bindings });
    const options = { enabled: true, endpoint: collector.url };
    const tls = { cert: pem("client.crt"), key: pem("client.key") };
    for (const given of [options, { ...options, tls }]) {
      const status = await worker.play("configure", given);
      assert.deepEqual([status.enabled, status.error?.code], [false, "unsupported"]);
      assert.match(status.error?.message ?? "", /fetch/);
      assert.deepEqual(await worker.play("announced"), ["configure.failure unsupported"]);
    }
    await assert.rejects(
      worker.play("configure", { ...options, tls, strict: true }),
      /unsupported/,
    );
    await worker.play("endAndFlush", ["one"]);
    assert.equal(collector.requests.length, 0);
  });
});

/**
 * The world outside, reached with a client certificate: what a Worker's mTLS binding is. (Miniflare
 * 4.20260415 drops the TLS options of an `external` service.)
 */
function certificateBinding(): object {
  const keypair = { privateKey: pem("client.key"), certificateChain: pem("client.crt") };
  const tlsOptions = { keypair, trustedCertificates: [pem("ca.crt")] };
  const network = { allow: ["public", "private"], tlsOptions };
  return { serviceBindings: { CERTIFICATE: { network } } };
}
