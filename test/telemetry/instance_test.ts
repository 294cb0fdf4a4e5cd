import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { diag, type DiagLogger, DiagLogLevel } from "@opentelemetry/api";
import type { SpanExporter } from "@opentelemetry/sdk-trace-base";
import { isCodexError } from "../../src/errors.ts";
import type { TelemetryEvent } from "../../src/events/catalogue.ts";
import { otlpPlatform } from "../../src/runtime/otlp_platform.ts";
import { createTelemetry, type Telemetry } from "../../src/telemetry/instance.ts";
import type { ConfigureOptions, TelemetryStatus } from "../../src/telemetry/options.ts";
import {
  memoryExporter,
  portExporter,
  type SpanMessage,
} from "../../src/telemetry/record_exporters.ts";
import { otlpReceiver } from "../../src/testing/mod.ts";
import { Scenario } from "./scenario.ts";

const OFF: TelemetryStatus = {
  enabled: false,
  exporter: "none",
  processor: "simple",
  signals: [],
  mtls: false,
  spans: { exported: 0, queued: 0, dropped: 0 },
};

function create(env: Record<string, string> = {}): Telemetry {
  return createTelemetry({
    env: () => Promise.resolve(env),
    otlp: () => Promise.resolve(otlpPlatform),
  });
}

let runs = 0;

/** One run without anything in it. */
function run(telemetry: Telemetry): void {
  new Scenario(telemetry, { span_token: `run-${++runs}` }).start().at(10).stop(10);
}

/** What `diag` is told while a function runs. */
async function diagnosed(fn: () => Promise<unknown>): Promise<string[]> {
  const lines: string[] = [];
  const write = (line: string) => void lines.push(line);
  const logger: DiagLogger = {
    error: write,
    warn: write,
    info: () => {},
    debug: () => {},
    verbose: () => {},
  };
  diag.setLogger(logger, { logLevel: DiagLogLevel.ALL, suppressOverrideMessage: true });
  try {
    await fn();
  } finally {
    diag.disable();
  }
  return lines;
}

/** An exporter that fails, or answers late, as a test says. */
function scriptedExporter(script: { fail?: boolean; events?: string[] }): SpanExporter {
  return {
    export(spans, done) {
      script.events?.push(`export ${spans.length}`);
      setTimeout(() => done({ code: script.fail ? 1 : 0 }), 5);
    },
    forceFlush: () => Promise.resolve(),
    async shutdown() {
      script.events?.push("shutdown begins");
      await new Promise((resolve) => setTimeout(resolve, 10));
      script.events?.push("shutdown ends");
    },
  };
}

describe("configure()", () => {
  it("does nothing unless it is enabled", async () => {
    const telemetry = create();
    assert.deepEqual(await telemetry.configure(), OFF);
    assert.deepEqual(telemetry.handlers(), []);
    assert.deepEqual(telemetry.status(), OFF);
    assert.equal(telemetry.memory, undefined);
  });

  it("reads the environment of its host, or the one it is given", async () => {
    const telemetry = create({ CODEX_OTLP_ENABLE: "1", CODEX_OTLP_ENDPOINT: "pid://local" });
    assert.equal((await telemetry.configure()).enabled, true);
    assert.equal((await telemetry.configure({ env: {} })).enabled, false);
  });

  it("keeps spans in memory for pid://local, also after shutdown()", async () => {
    const telemetry = create();
    const env = { CODEX_OTLP_ENABLE: "1", CODEX_OTLP_ENDPOINT: "pid://local" };
    const status = await telemetry.configure({ env });
    assert.deepEqual(status, {
      ...OFF,
      enabled: true,
      endpoint: "pid://local",
      exporter: "memory",
      signals: ["traces"],
    });
    run(telemetry);
    assert.deepEqual(telemetry.status().spans, { exported: 1, queued: 0, dropped: 0 });
    const last = await telemetry.shutdown();
    assert.equal(last.enabled, false);
    assert.equal(last.spans.exported, 1);
    assert.deepEqual(telemetry.memory?.spans.map(({ name }) => name), ["invoke_agent codex"]);
    telemetry.memory?.reset();
    assert.deepEqual(telemetry.memory?.spans, []);
  });

  it("posts each span to a port, as the runbook's local verification does", async () => {
    const telemetry = create();
    const messages: SpanMessage[] = [];
    const exporter = portExporter({ postMessage: (message) => messages.push(message) });
    const env = { CODEX_OTLP_ENABLE: "1", CODEX_OTLP_ENDPOINT: "pid://local" };
    assert.equal((await telemetry.configure({ env, exporter })).exporter, "port");
    new Scenario(telemetry).start().know({ thread_id: "th", turn_id: "tu" }).at(10).stop(10);
    assert.equal(messages.length, 1);
    assert.equal(messages[0]?.type, "span");
    const { "codex.thread.id": thread, "codex.turn.id": turn, "codex.originator": originator } =
      messages[0]?.span.attributes ?? {};
    assert.deepEqual([thread, turn, originator], ["th", "tu", "sdk"]);
    assert.equal(messages[0]?.span.resource["service.name"], "codex-otel");
    await telemetry.shutdown();
  });

  it("exports to a collector, with headers, and shows neither them nor credentials", async () => {
    const receiver = await otlpReceiver();
    const telemetry = create();
    const url = new URL(receiver.url);
    url.username = "user";
    url.password = "secret-password";
    const status = await telemetry.configure({
      env: {
        CODEX_OTLP_ENABLE: "1",
        CODEX_OTLP_ENDPOINT: url.href,
        CODEX_OTLP_HEADERS: "tenant-id=secret-tenant",
        OTEL_SERVICE_NAME: "reviewer",
      },
    });
    assert.equal(status.endpoint, `${url.origin}/v1/traces`);
    assert.equal(status.exporter, "otlp");
    run(telemetry);
    const flushed = await telemetry.flush();
    assert.deepEqual(flushed.spans, { exported: 1, queued: 0, dropped: 0 });
    assert.equal(JSON.stringify(flushed).includes("secret"), false);
    assert.equal(receiver.spans[0]?.name, "invoke_agent codex");
    assert.equal(receiver.spans[0]?.resource["service.name"], "reviewer");
    assert.equal(receiver.requests[0]?.headers["tenant-id"], "secret-tenant");
    assert.match(receiver.requests[0]?.headers["authorization"] ?? "", /^Basic /);
    await telemetry.shutdown();
    await receiver.close();
  });

  it("waits with a batch until the flush", async () => {
    const script = { events: [] as string[] };
    const telemetry = create({ CODEX_OTLP_PROCESSOR: "batch" });
    const exporter = scriptedExporter(script);
    assert.equal((await telemetry.configure({ enabled: true, exporter })).processor, "batch");
    for (let i = 0; i < 3; i++) run(telemetry);
    assert.deepEqual(telemetry.status().spans, { exported: 0, queued: 3, dropped: 0 });
    assert.deepEqual((await telemetry.flush()).spans, { exported: 3, queued: 0, dropped: 0 });
    assert.deepEqual(script.events, ["export 3"]);
    for (let i = 0; i < 513; i++) run(telemetry);
    await telemetry.shutdown();
    assert.deepEqual(script.events.slice(1, 3), ["export 512", "export 1"]);
    assert.equal(telemetry.status().spans.exported, 516);
  });
});

describe("configure() that fails", () => {
  const PEM = "-----BEGIN CERTIFICATE-----\nsecret\n-----END CERTIFICATE-----";
  const cases: [what: string, options: ConfigureOptions, code: string][] = [
    ["a bad URL", { endpoint: "secret" }, "telemetry_config"],
    ["a certificate without its key", { tls: { cert: PEM } }, "tls_incomplete"],
    ["a key without its certificate", { tls: { keyFile: "/k" } }, "tls_incomplete"],
    ["a missing file", { tls: { caFile: "/not/there.pem" } }, "tls_file_unreadable"],
    ["a file that is no PEM", { tls: { ca: "secret" } }, "tls_invalid_pem"],
  ];
  for (const [what, options, code] of cases) {
    it(`tells ${what} by status, event and diag, and throws when strict`, async () => {
      const telemetry = create();
      const events: TelemetryEvent<"codex.telemetry.configure.failure">[] = [];
      telemetry.attach("watch", "codex.telemetry.configure.failure", (event) => events.push(event));
      let status = telemetry.status();
      const lines = await diagnosed(async () => {
        status = await telemetry.configure({ enabled: true, env: {}, ...options });
      });
      assert.equal(status.enabled, false);
      assert.equal(status.error?.code, code);
      assert.deepEqual(telemetry.status(), status);
      assert.deepEqual(events.map(({ metadata }) => metadata.reason), [code]);
      assert.deepEqual(lines, [`codex-otel: Telemetry stays off: ${status.error?.message}`]);
      assert.equal(JSON.stringify([status, events, lines]).includes("secret"), false);
      await assert.rejects(
        telemetry.configure({ enabled: true, strict: true, env: {}, ...options }),
        (error) => isCodexError(error) && error.code === code,
      );
    });
  }

  it("tells that a platform cannot do TLS with certificates", async () => {
    const telemetry = createTelemetry({ env: () => Promise.resolve({}) });
    const status = await telemetry.configure({ enabled: true, tls: { ca: "x" } });
    assert.equal(status.error?.code, "unsupported");
  });

  it("tells that the environment cannot be read", async () => {
    const telemetry = createTelemetry({ env: () => Promise.reject(new Error("no permission")) });
    const status = await telemetry.configure({ enabled: true });
    assert.deepEqual(status.error, { code: "Error", message: "no permission" });
  });

  it("recovers when it is called again", async () => {
    const telemetry = create();
    await telemetry.configure({ enabled: true, endpoint: "nonsense" });
    const status = await telemetry.configure({ enabled: true, exporter: memoryExporter() });
    assert.equal(status.enabled, true);
    assert.equal(status.error, undefined);
    assert.equal((await telemetry.configure({ enabled: false })).error, undefined);
  });

  it("replaces the pipeline that was there", async () => {
    const telemetry = create();
    const script = { events: [] as string[] };
    await telemetry.configure({ enabled: true, exporter: scriptedExporter(script) });
    await telemetry.configure({ enabled: true, endpoint: "nonsense" });
    run(telemetry);
    assert.deepEqual(script.events, ["shutdown begins", "shutdown ends"]);
  });

  const wrong: [option: string, value: unknown][] = [
    ["env", "CODEX_OTLP_ENABLE=1"],
    ["enabled", "yes"],
    ["endpoint", 4318],
    ["exporter", {}],
    ["processor", "fast"],
    ["resource", []],
    ["sampler", "always_on"],
    ["tracerProvider", {}],
    ["useGlobal", 1],
    ["meterProvider", {}],
    ["loggerProvider", {}],
    ["signals", "traces"],
    ["signals", ["spans"]],
    ["metricIntervalMs", -1],
    ["tls", { cert: 1 }],
    ["headers", { a: 1 }],
    ["protocol", "grpc"],
    ["compression", "zstd"],
    ["timeoutMs", 0],
    ["maxQueueBytes", NaN],
    ["fetch", "fetch"],
    ["semconv", "latest"],
    ["content", { prompts: "yes" }],
    ["content", { prompt: true }],
    ["content", { maxLength: 0 }],
    ["redact", /secret/],
    ["strict", "yes"],
  ];
  for (const [option, value] of wrong) {
    it(`throws TypeError for ${option}: ${JSON.stringify(value)}`, async () => {
      const telemetry = create();
      await assert.rejects(
        telemetry.configure({ [option]: value }),
        (error) => error instanceof TypeError && error.message.includes(`option ${option} `),
      );
    });
  }

  it("throws TypeError for options that exclude each other, or are none", async () => {
    const both = { fetch: () => Promise.reject(new Error()), tls: {} };
    await assert.rejects(create().configure(both), TypeError);
    await assert.rejects(create().configure(null as unknown as ConfigureOptions), TypeError);
    await assert.rejects(
      create().configure({ headers: { "a b": "secret" } }),
      (error) => error instanceof TypeError && !error.message.includes("secret"),
    );
  });

  it("warns of a variable that cannot be used and goes on", async () => {
    const telemetry = create({ CODEX_OTLP_PROCESSOR: "secret" });
    const lines = await diagnosed(() =>
      telemetry.configure({ enabled: true, exporter: memoryExporter() })
    );
    assert.deepEqual(lines, [
      "codex-otel: CODEX_OTLP_PROCESSOR is neither simple nor batch; simple is used.",
    ]);
    assert.equal(telemetry.status().enabled, true);
  });
});

describe("configure() again", () => {
  it("shuts the old exporter down before the new one gets a span", async () => {
    const events: string[] = [];
    const telemetry = create();
    await telemetry.configure({ enabled: true, exporter: scriptedExporter({ events }) });
    const replaced = telemetry.configure({
      enabled: true,
      exporter: {
        export: (_spans, done) => {
          events.push("new export");
          done({ code: 0 });
        },
        shutdown: () => Promise.resolve(),
      },
    });
    while (!events.includes("shutdown begins")) await new Promise((done) => setTimeout(done, 1));
    run(telemetry);
    await replaced;
    assert.deepEqual(events, ["shutdown begins", "shutdown ends", "new export"]);
    await telemetry.shutdown();
  });

  it("queues calls at the same time, and loses no finished span", async () => {
    const telemetry = create();
    const exporters = Array.from({ length: 20 }, () => memoryExporter());
    let busy = true;
    let finished = 0;
    await telemetry.configure({ enabled: true, exporter: memoryExporter() });
    const first = telemetry.memory;
    const working = (async () => {
      while (busy) {
        run(telemetry);
        finished++;
        await new Promise((done) => setTimeout(done, 0));
      }
    })();
    const statuses = await Promise.all(
      exporters.map((exporter) => telemetry.configure({ enabled: true, exporter })),
    );
    busy = false;
    await working;
    await telemetry.shutdown();
    assert.ok(statuses.every(({ enabled }) => enabled));
    const kept = [first, ...exporters].map((exporter) => exporter?.spans.length ?? 0);
    assert.equal(kept.reduce((sum, count) => sum + count), finished);
    assert.ok(finished > 0);
  });

  it("ends the spans of runs under way with the old pipeline", async () => {
    const [first, second] = [memoryExporter(), memoryExporter()];
    const telemetry = create();
    await telemetry.configure({ enabled: true, exporter: first });
    const scenario = new Scenario(telemetry).start();
    await telemetry.configure({ enabled: true, exporter: second });
    scenario.at(10).stop(10);
    assert.equal(first.spans[0]?.attributes["codex.unfinished"], true);
    assert.deepEqual(second.spans, []);
    await telemetry.shutdown();
  });
});

describe("an exporter that fails", () => {
  it("is counted, announced and shown", async () => {
    const telemetry = create();
    const drops: unknown[] = [];
    telemetry.attach("watch", "codex.telemetry.export.dropped", ({ measurements, metadata }) => {
      drops.push([measurements.count, metadata.signal]);
    });
    await telemetry.configure({ enabled: true, exporter: scriptedExporter({ fail: true }) });
    run(telemetry);
    const status = await telemetry.flush();
    assert.deepEqual(status.spans, { exported: 0, queued: 0, dropped: 1 });
    assert.equal(status.lastError?.reason, "export_failed");
    assert.deepEqual(drops, [[1, "traces"]]);
    await telemetry.shutdown();
  });

  it("may throw, as a closed port does", async () => {
    const telemetry = create();
    const exporter = portExporter({
      postMessage: () => {
        throw new Error("closed");
      },
    });
    await telemetry.configure({ enabled: true, exporter });
    run(telemetry);
    const status = await telemetry.flush();
    assert.equal(status.spans.dropped, 1);
    assert.equal(status.lastError?.message, "closed");
    await telemetry.shutdown();
  });

  it("may fail to shut down: shutdown() answers with the reason", async () => {
    const telemetry = create();
    await telemetry.configure({
      enabled: true,
      exporter: {
        export: (_spans, done) => done({ code: 0 }),
        shutdown: () => Promise.reject(new Error("stuck")),
      },
    });
    assert.equal((await telemetry.shutdown()).lastError?.message, "stuck");
  });

  it("announces what a collector refuses", async () => {
    const receiver = await otlpReceiver();
    receiver.respondWith({ status: 400 });
    const telemetry = create();
    const seen: unknown[] = [];
    telemetry.attachMany("watch", [
      "codex.telemetry.export.failure",
      "codex.telemetry.export.dropped",
    ], ({ name, metadata }) => seen.push([name, metadata.signal, metadata.reason]));
    await telemetry.configure({ enabled: true, env: {}, endpoint: receiver.url });
    run(telemetry);
    const status = await telemetry.flush();
    assert.deepEqual(status.spans, { exported: 0, queued: 0, dropped: 1 });
    assert.equal(status.lastError?.status, 400);
    assert.deepEqual(seen, [
      ["codex.telemetry.export.failure", "traces", "http_status"],
      ["codex.telemetry.export.dropped", "traces", "rejected"],
    ]);
    await telemetry.shutdown();
    await receiver.close();
  });
});

describe("the bus of an instance", () => {
  it("is one with the instance: attach, emit, span and the default logger", () => {
    const telemetry = create();
    const lines: string[] = [];
    const write = (line: string) => void lines.push(line);
    const logger = { debug: write, info: write, warn: write, error: write };
    assert.equal(telemetry.attachDefaultLogger({ id: "log", logger }), "log");
    run(telemetry);
    assert.equal(lines.length, 2);
    assert.equal(telemetry.span("app.job", {}, () => 1), 1);
    assert.throws(() => portExporter({} as never), TypeError);
  });
});
