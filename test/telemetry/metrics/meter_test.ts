import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Attributes, Meter } from "@opentelemetry/api";
import {
  AggregationTemporality,
  type InstrumentType,
  MeterProvider,
  type MetricData,
  MetricReader,
} from "@opentelemetry/sdk-metrics";
import { type InstrumentMaker, OwnMeter } from "../../../src/telemetry/metrics/meter.ts";

class ManualReader extends MetricReader {
  protected override onForceFlush = () => Promise.resolve();
  protected override onShutdown = () => Promise.resolve();
}

/** The SDK's meter, with its collections in the form of ours. */
function sdkMeter(temporality: AggregationTemporality) {
  const reader = new ManualReader({
    aggregationTemporalitySelector: () => temporality,
    cardinalitySelector: () => 2000,
  });
  const meter: Meter = new MeterProvider({ readers: [reader] }).getMeter("test");
  const collect = async (): Promise<MetricData[]> => {
    const { resourceMetrics } = await reader.collect();
    return resourceMetrics.scopeMetrics.flatMap(({ metrics }) => metrics);
  };
  return { meter, collect };
}

function ownMeter(temporality: AggregationTemporality) {
  const meter = new OwnMeter();
  return { meter, collect: () => Promise.resolve(meter.collect(() => temporality)) };
}

/** What is sent, without times, in an order of its own. */
function outline(metrics: MetricData[]) {
  return metrics.map(({ descriptor, dataPoints, ...told }) => ({
    ...told,
    ...{ name: descriptor.name, unit: descriptor.unit, description: descriptor.description },
    points: dataPoints.map(({ attributes, value }) => JSON.stringify([attributes, value])).sort(),
  })).sort((a, b) => a.name < b.name ? -1 : 1);
}

function createAll(meter: InstrumentMaker) {
  const counter = meter.createCounter("turns", { unit: "{turn}" });
  const active = meter.createUpDownCounter("active");
  const plain = meter.createHistogram("calls");
  const advice = { explicitBucketBoundaries: [0.1, 1, 10] };
  const advised = meter.createHistogram("seconds", { unit: "s", advice });
  return (value: number, attributes?: Attributes) => {
    counter.add(value, attributes);
    active.add(-value, attributes);
    plain.record(value, attributes);
    advised.record(value, attributes);
  };
}

const { DELTA, CUMULATIVE } = AggregationTemporality;

describe("OwnMeter", () => {
  for (const [name, temporality] of [["totals", CUMULATIVE], ["differences", DELTA]] as const) {
    it(`gives the same ${name} as the SDK's meter, collection by collection`, async () => {
      const sides = [sdkMeter(temporality), ownMeter(temporality)] as const;
      const records = sides.map(({ meter }) => createAll(meter));
      const rounds: [number, Attributes?][][] = [
        [[0], [0.1], [0.25, { b: 1, a: "x" }], [3, { a: "x", b: 1 }], [7], [12_000]],
        [],
        [[1, { a: "y" }], [5], [9.5, { a: "x", b: 1 }]],
      ];
      for (const round of rounds) {
        for (const [value, attributes] of round) {
          for (const record of records) {
            record(value, attributes);
          }
        }
        const [sdk, own] = await Promise.all(sides.map(({ collect }) => collect()));
        assert.deepEqual(outline(own!), outline(sdk!));
      }
    });
  }

  it("gathers what is beyond 2,000 sets of attributes under one, as the SDK does", async () => {
    const sides = [sdkMeter(CUMULATIVE), ownMeter(CUMULATIVE)] as const;
    for (const { meter } of sides) {
      const counter = meter.createCounter("ids");
      for (let id = 0; id < 2100; id++) counter.add(1, { id });
    }
    const [sdk, own] = await Promise.all(sides.map(({ collect }) => collect()));
    assert.equal(own![0]!.dataPoints.length, 2000);
    assert.deepEqual(outline(own!), outline(sdk!));
  });

  it("leaves out what no instrument of its kind can take", () => {
    const meter = new OwnMeter();
    meter.createCounter("counter").add(-1);
    meter.createHistogram("histogram").record(NaN);
    assert.deepEqual(meter.collect(() => CUMULATIVE), []);
  });

  it("begins differences where the last ones ended, and totals where they began", () => {
    for (const temporality of [DELTA, CUMULATIVE]) {
      const meter = new OwnMeter();
      const counter = meter.createCounter("turns");
      counter.add(1);
      const collect = () => meter.collect((_: InstrumentType) => temporality)[0]!.dataPoints[0]!;
      const first = collect();
      counter.add(1);
      const second = collect();
      assert.deepEqual(second.startTime, temporality === DELTA ? first.endTime : first.startTime);
    }
  });
});
