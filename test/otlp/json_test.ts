/**
 * Requests beside those of OpenTelemetry's own serializers, for whatever items. What those write in
 * a way that collectors refuse is left out here, and is in odd_values_test.ts.
 */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { HrTime } from "@opentelemetry/api";
import {
  JsonLogsSerializer,
  JsonMetricsSerializer,
  JsonTraceSerializer,
} from "@opentelemetry/otlp-transformer";
import type { ResourceMetrics } from "@opentelemetry/sdk-metrics";
import fc from "fast-check";
import { encodeLogs } from "../../src/otlp/json/log_json.ts";
import { encodeMetrics } from "../../src/otlp/json/metric_json.ts";
import { encodeSpans } from "../../src/otlp/json/span_json.ts";
import { Utf8Writer } from "../../src/otlp/json/utf8_writer.ts";
import { metricPieces } from "../../src/otlp/metric_items.ts";
import type { ReadableLogRecord, ReadableSpan } from "../../src/otlp/otel_types.ts";

const decode = (bytes: Uint8Array | undefined): string => new TextDecoder().decode(bytes);

const text = fc.oneof(
  fc.string({ unit: "grapheme" }),
  fc.string({ unit: "binary" }),
  fc.constantFrom("", '"', "\\", "\n\u2028\0", "\ud800", "\udc00x", "\u{1f980}", "__proto__", "é"),
);
const hex = (length: number) => fc.stringMatching(new RegExp(`^[0-9a-f]{${length}}$`));
const number = fc.oneof(
  fc.integer(),
  fc.maxSafeInteger(),
  fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e15, max: 1e15 }),
  fc.constantFrom(0, -0, 2 ** 53, -(2 ** 62), 5e-324, 0.1),
);
const leaf = fc.oneof(
  text,
  number,
  fc.boolean(),
  fc.constantFrom(undefined, null),
  fc.uint8Array({ maxLength: 40 }),
);
const value = fc.oneof(
  { depthSize: "small", withCrossShrink: true },
  leaf,
  fc.array(leaf, { maxLength: 4 }),
  fc.dictionary(text, fc.oneof(leaf, fc.array(leaf, { maxLength: 3 })), { maxKeys: 4 }),
);
const record = fc.dictionary(text, value, { maxKeys: 6 });
const count = fc.nat(1000);
const time: fc.Arbitrary<HrTime> = fc.oneof(
  fc.tuple(fc.nat(4_000_000_000), fc.integer({ min: 0, max: 999_999_999 })),
  fc.constantFrom<HrTime[]>([0, 0], [0, 7], [1_700_000_000, 999_999_999.7], [1, 2_000_000_000]),
);

/** Of a few, so that items share them; the same object or an equal one. */
const resource = fc.constantFrom(
  ...[{}, { "service.name": "shop" }, { n: 1, list: ["a", true] }].map((attributes) => ({
    attributes,
  })),
);
const scope = fc.constantFrom(
  { name: "one" },
  { name: "one", version: "1.0", schemaUrl: "https://example.com/schema" },
  { name: 'two "quoted"', version: "", attributes: { a: 1 }, droppedAttributesCount: 2 },
);
const flag = fc.constantFrom(0, 1, 0x103);
const state = fc.constantFrom(undefined, { serialize: () => "a=b,c=d" });
const context = fc.record({
  traceId: hex(32),
  spanId: hex(16),
  traceFlags: flag,
  traceState: state,
  isRemote: fc.constantFrom(undefined, true, false),
});

const span = fc.record({
  context,
  name: text,
  kind: fc.constantFrom(0, 1, 2, 3, 4),
  parentSpanContext: fc.option(context, { nil: undefined }),
  startTime: time,
  endTime: time,
  status: fc.record({
    code: fc.constantFrom(0, 1, 2),
    message: fc.option(text, { nil: undefined }),
  }),
  attributes: record,
  events: fc.array(
    fc.record({
      name: text,
      time,
      attributes: fc.option(record, { nil: undefined }),
      droppedAttributesCount: fc.option(count, { nil: undefined }),
    }),
    { maxLength: 3 },
  ),
  links: fc.array(
    fc.record({
      context,
      attributes: fc.option(record, { nil: undefined }),
      droppedAttributesCount: fc.option(count, { nil: undefined }),
    }),
    { maxLength: 2 },
  ),
  resource,
  instrumentationScope: scope,
  droppedAttributesCount: count,
  droppedEventsCount: count,
  droppedLinksCount: count,
}).map(({ context, ...parts }) =>
  ({ ...parts, spanContext: () => context }) as unknown as ReadableSpan
);

const log = fc.record({
  hrTime: time,
  hrTimeObserved: time,
  severityNumber: fc.constantFrom(undefined, 1, 9, 24),
  severityText: fc.option(text, { nil: undefined }),
  body: value,
  eventName: fc.option(text, { nil: undefined }),
  attributes: record,
  droppedAttributesCount: count,
  spanContext: fc.option(context, { nil: undefined }),
  resource,
  instrumentationScope: scope,
}) as unknown as fc.Arbitrary<ReadableLogRecord>;

const buckets = fc.record({
  offset: fc.integer(),
  bucketCounts: fc.array(count, { maxLength: 5 }),
});
const measure = fc.option(number, { nil: undefined });

/** A metric with points of one kind. */
function metric(kind: number, point: fc.Arbitrary<unknown>) {
  return fc.record({
    dataPointType: fc.constant(kind),
    descriptor: fc.record({ name: text, description: text, unit: text, valueType: fc.constant(1) }),
    aggregationTemporality: fc.constantFrom(0, 1),
    isMonotonic: fc.boolean(),
    dataPoints: fc.array(
      fc.record({ attributes: record, startTime: time, endTime: time, value: point }),
      { minLength: 1, maxLength: 3 },
    ),
  });
}

const histogram = fc.record({
  buckets: fc.record({
    boundaries: fc.array(number, { maxLength: 4 }),
    counts: fc.array(count, { maxLength: 5 }),
  }),
  count,
  sum: measure,
  min: measure,
  max: measure,
});
const exponential = fc.record({
  ...{ count, sum: measure, min: measure, max: measure, zeroCount: count },
  ...{ scale: fc.integer({ min: -10, max: 20 }), positive: buckets, negative: buckets },
});
const anyMetric = fc.oneof(
  metric(0, histogram),
  metric(1, exponential),
  metric(2, number),
  metric(3, number),
);
const collection = fc.record({
  resource,
  scopeMetrics: fc.uniqueArray(
    fc.record({ scope, metrics: fc.array(anyMetric, { minLength: 1, maxLength: 3 }) }),
    { minLength: 1, maxLength: 3, selector: (one) => one.scope },
  ),
}) as unknown as fc.Arbitrary<ResourceMetrics>;

describe("encodeSpans()", () => {
  it("writes what OpenTelemetry's serializer writes", () => {
    const property = fc.property(fc.array(span, { minLength: 1, maxLength: 6 }), (spans) => {
      assert.equal(decode(encodeSpans(spans)), decode(JsonTraceSerializer.serializeRequest(spans)));
    });
    fc.assert(property, { numRuns: 200 });
  });
});

describe("encodeLogs()", () => {
  it("writes what OpenTelemetry's serializer writes", () => {
    const property = fc.property(fc.array(log, { minLength: 1, maxLength: 6 }), (logs) => {
      assert.equal(decode(encodeLogs(logs)), decode(JsonLogsSerializer.serializeRequest(logs)));
    });
    fc.assert(property, { numRuns: 200 });
  });
});

describe("encodeMetrics()", () => {
  it("writes what OpenTelemetry's serializer writes", () => {
    const property = fc.property(collection, (metrics) => {
      assert.deepEqual(
        JSON.parse(decode(encodeMetrics(metricPieces(metrics)))),
        JSON.parse(decode(JsonMetricsSerializer.serializeRequest(metrics))),
      );
    });
    fc.assert(property, { numRuns: 200 });
  });

  it("writes whole numbers of whole-number instruments as such, and no others", () => {
    const point = { attributes: {}, startTime: [1, 0], endTime: [2, 0] };
    const metrics = {
      resource: { attributes: {} },
      scopeMetrics: [{
        scope: { name: "s" },
        metrics: [{
          descriptor: { name: "m", description: "", unit: "1", valueType: 0 },
          aggregationTemporality: 1,
          dataPointType: 3,
          isMonotonic: true,
          dataPoints: [3, 1.5, 1e300, NaN].map((value) => ({ ...point, value })),
        }],
      }],
    } as unknown as ResourceMetrics;
    const { resourceMetrics: [{ scopeMetrics: [{ metrics: [{ sum }] }] }] } = JSON.parse(
      decode(encodeMetrics(metricPieces(metrics))),
    );
    assert.deepEqual(
      sum.dataPoints.map(({ asInt, asDouble }: Record<string, unknown>) => ({ asInt, asDouble })),
      [
        { asInt: 3, asDouble: undefined },
        { asInt: undefined, asDouble: 1.5 },
        { asInt: undefined, asDouble: 1e300 },
        { asInt: undefined, asDouble: "NaN" },
      ],
    );
  });
});

/** The least that a span must have. */
const BARE = {
  name: "bare",
  spanContext: () => ({ traceId: "a", spanId: "b" }),
  ...{ startTime: [1, 2], endTime: [1, 3], attributes: {}, events: [], links: [], status: {} },
  ...{ resource: { attributes: {} }, instrumentationScope: { name: "x" } },
};

const bareWith = (parts: object) => ({ ...BARE, ...parts }) as unknown as ReadableSpan;

/** What arrives of a single span. */
function sentOf(span: ReadableSpan): Record<string, unknown> {
  return JSON.parse(decode(encodeSpans([span]))).resourceSpans[0].scopeSpans[0].spans[0];
}

describe("a request", () => {
  it("holds a schema of the resource beside it, and equal scopes as one", () => {
    const [one, two] = fc.sample(span, 2);
    const own = { attributes: {}, schemaUrl: "https://example.com/1.2" };
    const spans = [one, two].map((each) => ({
      ...each,
      resource: own,
      instrumentationScope: { name: "same" },
    })) as unknown as ReadableSpan[];
    const { resourceSpans } = JSON.parse(decode(encodeSpans(spans)));
    assert.equal(resourceSpans.length, 1);
    assert.equal(resourceSpans[0].schemaUrl, own.schemaUrl);
    assert.deepEqual(resourceSpans[0].resource, { attributes: [], droppedAttributesCount: 0 });
    assert.equal(resourceSpans[0].scopeSpans.length, 1);
    assert.equal(resourceSpans[0].scopeSpans[0].spans.length, 2);
  });

  it("is JSON even of a span that lacks what it must have", () => {
    const { kind, status, flags } = sentOf(bareWith({}));
    assert.deepEqual([kind, status, flags], [0, { code: 0 }, 0x100]);
  });

  it("is not made of a span without a resource or a scope, as of SDK 1.x", () => {
    for (const name of ["resource", "instrumentationScope"]) {
      const without = bareWith({ [name]: undefined });
      assert.throws(() => encodeSpans([without, bareWith({})]), TypeError);
      assert.throws(() => encodeSpans([bareWith({}), without]), TypeError);
    }
  });

  it("leaves out what is null, and has an empty name where there is none", () => {
    const status = { code: 2, message: null };
    const sent = sentOf(bareWith({ status, droppedEventsCount: null, name: undefined }));
    assert.deepEqual(sent["status"], { code: 2 });
    assert.equal("droppedEventsCount" in sent, false);
    assert.equal(sent["name"], "");
  });

  it("is JSON though there are no items", () => {
    assert.deepEqual(JSON.parse(decode(encodeSpans([]))), { resourceSpans: [] });
  });

  it("has keys of any length, of however many items", () => {
    const long = "k".repeat(1000);
    for (const key of [long, long, "short", "short"]) {
      const attributes = { [key]: "text", [`${key}"`]: 1 };
      assert.deepEqual(sentOf(bareWith({ attributes }))["attributes"], [
        { key, value: { stringValue: "text" } },
        { key: `${key}"`, value: { intValue: 1 } },
      ]);
    }
  });
});

describe("Utf8Writer", () => {
  it("gives back what was written, whatever the sizes of the pieces", () => {
    const sizes = fc.array(
      fc.tuple(fc.constantFrom("x", "é", "\u20ac", "\u{1f980}"), fc.constantFrom(0, 1, 9, 70_000)),
      { maxLength: 8 },
    );
    const writer = new Utf8Writer();
    const property = fc.property(sizes, (pieces) => {
      const texts = pieces.map(([unit, times]) => unit.repeat(times));
      for (const piece of texts) writer.write(piece);
      assert.equal(decode(writer.take()), texts.join(""));
    });
    fc.assert(property, { numRuns: 50 });
  });

  it("gives bytes that later texts do not change, and forgets what is cleared", () => {
    const writer = new Utf8Writer();
    writer.write("one");
    const one = writer.take();
    writer.write("lost");
    writer.clear();
    writer.write("two");
    assert.equal(decode(writer.take()), "two");
    assert.equal(decode(one), "one");
  });
});
