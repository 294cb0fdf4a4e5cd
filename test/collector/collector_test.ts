/** What a real collector takes from us and sends on is what we sent. */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { afterEach, beforeEach, describe, it } from "node:test";
import { SpanKind, SpanStatusCode } from "@opentelemetry/api";
import { BatchLogRecordProcessor, LoggerProvider } from "@opentelemetry/sdk-logs";
import { MeterProvider, PeriodicExportingMetricReader } from "@opentelemetry/sdk-metrics";
import { BasicTracerProvider, BatchSpanProcessor } from "@opentelemetry/sdk-trace-base";
import {
  OTLPLogExporter,
  OTLPMetricExporter,
  OTLPTraceExporter,
  type TlsOptions,
} from "../../src/otlp/mod.ts";
import { findCollector } from "../../scripts/collector/find.ts";
import { finishedSpans, QUICK, Recorder, until } from "../otlp/helpers.ts";
import { ScriptedCollector } from "../otlp/scripted_collector.ts";
import { tlsPath } from "../otlp/tls_files.ts";
import { Otelcol } from "./otelcol.ts";

const BINARY = findCollector() ?? "";
const skip = existsSync(BINARY)
  ? false
  : "no OpenTelemetry Collector: set OTELCOL_BIN or run scripts/collector/build.ts";
const OPTIONS = { skip, timeout: 120_000 };

const TLS: TlsOptions = {
  certFile: tlsPath("client.crt"),
  keyFile: tlsPath("client.key"),
  caFile: tlsPath("ca.crt"),
};

type Json = { [key: string]: unknown };

/** One form for both encoders of OTLP JSON: numbers as text, and no fields with default values. */
function normal(value: unknown): unknown {
  if (typeof value === "number") return String(value);
  if (Array.isArray(value)) return value.map(normal);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value)
    // Attributes have no order, and a collector counts what it dropped itself.
    .map(([name, field]): [string, unknown] => [name, normal(field)])
    .map((
      [name, field],
    ): [string, unknown] => [name, name === "attributes" ? sorted(field) : field])
    .filter(([, field]) => !isDefault(field))
    .sort(([a], [b]) => a < b ? -1 : 1);
  return Object.fromEntries(entries);
}

function sorted(value: unknown): unknown {
  if (!Array.isArray(value)) return value;
  return [...value as { key: string }[]].sort((a, b) => a.key < b.key ? -1 : 1);
}

function isDefault(value: unknown): boolean {
  if (value === undefined || value === null || value === "" || value === "0") return true;
  if (value === false) return true;
  return typeof value === "object" && Object.keys(value).length === 0;
}

/** Every record of a signal with its resource and scope, in one form and order. */
function records(bodies: string[], [outer, inner, list]: [string, string, string]): unknown[] {
  const found: unknown[] = [];
  for (const body of bodies) {
    for (const group of (JSON.parse(body)[outer] ?? []) as Json[]) {
      for (const scope of (group[inner] ?? []) as Json[]) {
        for (const record of (scope[list] ?? []) as Json[]) {
          found.push(normal({ resource: group["resource"], scope: scope["scope"], record }));
        }
      }
    }
  }
  return found.sort((a, b) => JSON.stringify(a) < JSON.stringify(b) ? -1 : 1);
}

const FIELDS: Record<string, [string, string, string]> = {
  traces: ["resourceSpans", "scopeSpans", "spans"],
  metrics: ["resourceMetrics", "scopeMetrics", "metrics"],
  logs: ["resourceLogs", "scopeLogs", "logRecords"],
};

/** Sends all three signals to each target, and the same data to all of them. */
async function send(targets: { url: string; tls?: TlsOptions }[]): Promise<void> {
  const on = (signal: string) =>
    targets.map(({ url, tls }) => ({ url: `${url}/v1/${signal}`, ...(tls ? { tls } : {}) }));
  await sendSpans(on("traces").map((options) => new OTLPTraceExporter(options)));
  await sendMetrics(on("metrics").map((options) => new OTLPMetricExporter(options)));
  await sendLogs(on("logs").map((options) => new OTLPLogExporter(options)));
}

async function sendSpans(exporters: OTLPTraceExporter[]): Promise<void> {
  const spanProcessors = exporters.map((exporter) => new BatchSpanProcessor(exporter));
  const provider = new BasicTracerProvider({ spanProcessors });
  const tracer = provider.getTracer("codex-otel", "1.0.0");
  for (let index = 0; index < 300; index++) {
    const link = tracer.startSpan("linked");
    const span = tracer.startSpan(`span ${index} ☃`, {
      kind: SpanKind.CLIENT,
      links: [{ context: link.spanContext(), attributes: { why: "test" } }],
      attributes: {
        text: 'snow ☃ \n "quoted"',
        whole: 9_007_199_254_740_991,
        fraction: 0.1,
        negative: -5,
        yes: true,
        list: ["a", "b"],
        numbers: [1, 2.5, -Infinity],
        none: NaN,
        huge: 1e300,
      },
    });
    span.addEvent("event", { index }).setStatus({ code: SpanStatusCode.ERROR, message: "no" });
    span.end();
    link.end();
    if (index % 100 === 99) await provider.forceFlush();
  }
  await provider.shutdown();
}

async function sendMetrics(exporters: OTLPMetricExporter[]): Promise<void> {
  const readers = exporters.map((exporter) => new PeriodicExportingMetricReader({ exporter }));
  const provider = new MeterProvider({ readers });
  const meter = provider.getMeter("codex-otel", "1.0.0");
  const tokens = meter.createHistogram("gen_ai.client.token.usage", { unit: "{token}" });
  for (let index = 0; index < 50; index++) tokens.record(index * 7, { type: `t${index % 3}` });
  meter.createCounter("codex.turn.count").add(12, { result: "ok" });
  meter.createUpDownCounter("codex.thread.active").add(-2.5);
  meter.createGauge("ratio").record(NaN, { of: Infinity });
  await provider.shutdown();
}

async function sendLogs(exporters: OTLPLogExporter[]): Promise<void> {
  const processors = exporters.map((exporter) => new BatchLogRecordProcessor({ exporter }));
  const provider = new LoggerProvider({ processors });
  const logger = provider.getLogger("codex-otel", "1.0.0");
  for (let index = 0; index < 100; index++) {
    logger.emit({
      severityText: "INFO",
      severityNumber: 9,
      body: index % 2 === 0 ? `line ${index}` : { line: index, ratio: NaN },
      attributes: { index },
    });
  }
  await provider.shutdown();
}

/** Each reader collects at a time of its own; all else must be the same. */
function withoutTimes(body: string): string {
  const isTime = (name: string) => name === "timeUnixNano" || name === "startTimeUnixNano";
  return JSON.stringify(JSON.parse(body, (name, value) => isTime(name) ? undefined : value));
}

let direct: ScriptedCollector;
let behind: ScriptedCollector;
let otelcol: Otelcol | undefined;

describe("A real OpenTelemetry Collector", () => {
  beforeEach(async () => {
    direct = await new ScriptedCollector().listen();
    behind = await new ScriptedCollector().listen();
  });
  afterEach(async () => {
    await otelcol?.stop();
    otelcol = undefined;
    await direct.close();
    await behind.close();
  });

  for (const mtls of [false, true]) {
    it(`sends on what we sent, record by record (${mtls ? "mTLS" : "HTTP"})`, OPTIONS, async () => {
      otelcol = await Otelcol.start({ binary: BINARY, forwardTo: behind.url, mtls });
      await send([{ url: direct.url }, { url: otelcol.url, ...(mtls ? { tls: TLS } : {}) }]);
      await otelcol.stop();
      otelcol = undefined;
      for (const [signal, fields] of Object.entries(FIELDS)) {
        const [sent, arrived] = [direct, behind].map(({ requests }) => {
          const bodies = requests.filter(({ path }) => path === `/v1/${signal}`);
          const texts = bodies.map(({ text }) => text);
          return records(signal === "metrics" ? texts.map(withoutTimes) : texts, fields);
        });
        assert.ok(sent!.length > 0);
        const encodings = direct.requests.map(({ headers }) => headers["content-encoding"]);
        assert.ok(encodings.includes("gzip"));
        assert.deepEqual(arrived, sent, signal);
      }
    });
  }

  it("refuses a client certificate it does not know, and we say so", OPTIONS, async () => {
    otelcol = await Otelcol.start({ binary: BINARY, forwardTo: behind.url, mtls: true });
    const recorder = new Recorder();
    const certFile = tlsPath("client_stranger.crt");
    const exporter = new OTLPTraceExporter({
      url: `${otelcol.url}/v1/traces`,
      tls: { ...TLS, certFile, keyFile: tlsPath("client_stranger.key") },
      observer: recorder,
      backoff: QUICK,
    });
    exporter.export(finishedSpans(1), () => {});
    await until(() => recorder.failures.length > 0);
    const [failure] = recorder.failures;
    assert.equal(failure?.reason, "tls_client_rejected", failure?.message);
    await assert.rejects(exporter.forceFlush({ timeoutMillis: 10 }));
  });
});
