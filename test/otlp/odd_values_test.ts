/** Values that JSON, or OTLP JSON, has no form for: none of them may cost another its place. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Attributes } from "@opentelemetry/api";
import { LoggerProvider, SimpleLogRecordProcessor } from "@opentelemetry/sdk-logs";
import { MeterProvider, PeriodicExportingMetricReader } from "@opentelemetry/sdk-metrics";
import { resourceFromAttributes } from "@opentelemetry/resources";
import type { ReadableSpan } from "@opentelemetry/sdk-trace-base";
import {
  OTLPLogExporter,
  OTLPMetricExporter,
  OTLPTraceExporter,
} from "../../src/otlp/exporters.ts";
import { exported, finishedSpans, Recorder } from "./helpers.ts";

/** What was posted, as text. */
function sink() {
  const bodies: string[] = [];
  const fetch = (_url: string, { body }: { body: Uint8Array<ArrayBuffer> }) => {
    bodies.push(new TextDecoder().decode(body));
    return Promise.resolve(new Response("{}"));
  };
  return { bodies, options: { fetch, compression: "none" } as const };
}

/** Looks a path of names and indices up in parsed JSON. */
function at(value: unknown, ...path: (string | number)[]): unknown {
  return path.reduce((found, step) => (found as Record<string | number, unknown>)?.[step], value);
}

function spanWith(attributes: Attributes, parts: Partial<ReadableSpan> = {}): ReadableSpan {
  const [span] = finishedSpans(1);
  const { name, kind, startTime, endTime, duration, ended, status, events, links } = span!;
  const { resource, instrumentationScope } = span!;
  const context = span!.spanContext();
  return {
    ...{ name, kind, startTime, endTime, duration, ended, status, events, links },
    ...{ resource, instrumentationScope, spanContext: () => context },
    ...{ droppedAttributesCount: 0, droppedEventsCount: 0, droppedLinksCount: 0 },
    attributes,
    ...parts,
  };
}

/** Sends spans and gives those that arrived, parsed, after a check that nothing was lost. */
async function sendSpans(spans: ReadableSpan[]): Promise<unknown[]> {
  const { bodies, options } = sink();
  const exporter = new OTLPTraceExporter(options);
  await exported(exporter, spans);
  assert.deepEqual(exporter.stats(), { exported: spans.length, queued: 0, dropped: 0 });
  return bodies.flatMap((body) => at(JSON.parse(body), "resourceSpans") as unknown[]);
}

const ANY_VALUES: [what: string, value: unknown, expected: unknown][] = [
  ["NaN", NaN, { doubleValue: "NaN" }],
  ["Infinity", Infinity, { doubleValue: "Infinity" }],
  ["-Infinity", -Infinity, { doubleValue: "-Infinity" }],
  ["1e300", 1e300, { doubleValue: 1e300 }],
  ["-1e300", -1e300, { doubleValue: -1e300 }],
  ["2 ** 63", 2 ** 63, { doubleValue: 9223372036854776000 }],
  ["2 ** 62", 2 ** 62, { intValue: 2 ** 62 }],
  ["5e-324", 5e-324, { doubleValue: 5e-324 }],
  ["an array with NaN", [1, NaN], {
    arrayValue: { values: [{ intValue: 1 }, { doubleValue: "NaN" }] },
  }],
  ["a record with NaN", { a: { b: NaN } }, {
    kvlistValue: {
      values: [{
        key: "a",
        value: { kvlistValue: { values: [{ key: "b", value: { doubleValue: "NaN" } }] } },
      }],
    },
  }],
  ["a bigint", -(2n ** 63n), { intValue: "-9223372036854775808" }],
  ["a bigint of 65 bits", 2n ** 64n, { stringValue: "18446744073709551616" }],
  ["a lone surrogate", "\ud800x", { stringValue: "\ud800x" }],
  ["a symbol", Symbol("x"), {}],
  ["bytes", new Uint8Array([1, 2]), { bytesValue: "AQI=" }],
];

describe("OTLPTraceExporter", () => {
  for (const [what, value, expected] of ANY_VALUES) {
    it(`sends ${what} as collectors read it, and its neighbours as ever`, async () => {
      const odd = spanWith({ odd: value as string, text: "x" });
      const [sent, ...rest] = await sendSpans([...finishedSpans(1, { a: "b" }), odd]);
      const spans = [sent, ...rest].flatMap((one) =>
        at(one, "scopeSpans", 0, "spans") as unknown[]
      );
      assert.deepEqual(at(spans, 0, "attributes", 0), { key: "a", value: { stringValue: "b" } });
      assert.deepEqual(at(spans, 1, "attributes", 0), { key: "odd", value: expected });
      assert.deepEqual(at(spans, 1, "attributes", 1), { key: "text", value: { stringValue: "x" } });
      assert.equal(at(spans, 1, "spanId"), odd.spanContext().spanId);
    });
  }

  it("finds them in events, links and the resource, too", async () => {
    const resource = resourceFromAttributes({ load: NaN });
    const [context] = finishedSpans(1).map((span) => span.spanContext());
    const [group, ...none] = await sendSpans([0, 1].map(() =>
      spanWith({}, {
        resource,
        events: [{ name: "e", time: [1, 0], attributes: { a: Infinity } }],
        links: [{ context: context!, attributes: { b: -Infinity } }],
      })
    ));
    assert.deepEqual(none, []);
    assert.deepEqual(at(group, "resource", "attributes", 0, "value"), { doubleValue: "NaN" });
    const span = at(group, "scopeSpans", 0, "spans", 1);
    assert.deepEqual(at(span, "events", 0, "attributes", 0, "value"), { doubleValue: "Infinity" });
    assert.deepEqual(at(span, "links", 0, "attributes", 0, "value"), { doubleValue: "-Infinity" });
  });

  it("gives up a span that refers to itself, and no other", async () => {
    const recorder = new Recorder();
    const { bodies, options } = sink();
    const exporter = new OTLPTraceExporter({ ...options, observer: recorder });
    const loop: Record<string, unknown> = {};
    loop["loop"] = [loop];
    const odd = spanWith({ loop: loop as unknown as string });
    await exported(exporter, [...finishedSpans(2), odd, ...finishedSpans(2)]);
    assert.deepEqual(recorder.droppedByReason, { encoding: 1 });
    assert.equal(exporter.stats().exported, 4);
    assert.ok(bodies.length > 0);
  });

  it("sends a span of 100,000 attributes and a text of a megabyte", async () => {
    const attributes = Object.fromEntries(Array.from({ length: 100_000 }, (_, i) => [`k${i}`, i]));
    const groups = await sendSpans([spanWith({ ...attributes, text: "x".repeat(1e6) })]);
    const sent = at(groups, 0, "scopeSpans", 0, "spans", 0, "attributes") as unknown[];
    assert.equal(sent.length, 100_001);
  });
});

describe("OTLPLogExporter", () => {
  it("sends such numbers in attributes and bodies as collectors read them", async () => {
    const { bodies, options } = sink();
    const exporter = new OTLPLogExporter(options);
    const provider = new LoggerProvider({
      processors: [new SimpleLogRecordProcessor({ exporter })],
    });
    provider.getLogger("x").emit({ body: { ratio: NaN }, attributes: { a: Infinity, b: "c" } });
    await provider.forceFlush();
    await exporter.forceFlush();
    const record = at(JSON.parse(bodies[0]!), "resourceLogs", 0, "scopeLogs", 0, "logRecords", 0);
    assert.deepEqual(at(record, "body", "kvlistValue", "values", 0, "value"), {
      doubleValue: "NaN",
    });
    assert.deepEqual(at(record, "attributes"), [
      { key: "a", value: { doubleValue: "Infinity" } },
      { key: "b", value: { stringValue: "c" } },
    ]);
    await provider.shutdown();
  });
});

describe("OTLPMetricExporter", () => {
  it("sends values that are not finite as collectors read them, and the others as ever", async () => {
    const { bodies, options } = sink();
    const exporter = new OTLPMetricExporter(options);
    const reader = new PeriodicExportingMetricReader({ exporter });
    const meter = new MeterProvider({ readers: [reader] }).getMeter("x");
    meter.createGauge("ratio").record(NaN);
    meter.createGauge("peak").record(1e300, { top: Infinity });
    meter.createHistogram("size").record(Infinity);
    meter.createCounter("count").add(3);
    await reader.forceFlush();
    const metrics = at(
      JSON.parse(bodies[0]!),
      ...["resourceMetrics", 0, "scopeMetrics", 0, "metrics"],
    );
    assert.equal(at(metrics, 0, "gauge", "dataPoints", 0, "asDouble"), "NaN");
    assert.equal(at(metrics, 1, "gauge", "dataPoints", 0, "asDouble"), 1e300);
    assert.deepEqual(at(metrics, 1, "gauge", "dataPoints", 0, "attributes", 0, "value"), {
      doubleValue: "Infinity",
    });
    const { sum, min, max, count } = at(metrics, 2, "histogram", "dataPoints", 0) as Record<
      string,
      unknown
    >;
    assert.deepEqual([sum, min, max, count], ["Infinity", "Infinity", "Infinity", 1]);
    assert.equal(at(metrics, 3, "sum", "dataPoints", 0, "asDouble"), 3);
    await reader.shutdown();
  });
});
