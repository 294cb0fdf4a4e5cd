import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createTelemetry } from "../../src/telemetry/instance.ts";
import { memoryExporter } from "../../src/telemetry/record_exporters.ts";
import { spanLimits } from "../../src/telemetry/span_limits.ts";
import { Scenario } from "./scenario.ts";

describe("spanLimits()", () => {
  const cases: [title: string, env: Record<string, string>, limits: object, warnings: number][] = [
    ["leaves the SDK's limits where nothing is set", {}, {}, 0],
    ["takes the limit of all attributes", { OTEL_ATTRIBUTE_COUNT_LIMIT: "7" }, {
      attributeCountLimit: 7,
    }, 0],
    [
      "prefers the limit of spans",
      {
        OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT: "7",
        OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT: "8",
        OTEL_SPAN_EVENT_COUNT_LIMIT: "0",
      },
      { attributeValueLengthLimit: 8, eventCountLimit: 0 },
      0,
    ],
    ["warns of what is no number", { OTEL_SPAN_LINK_COUNT_LIMIT: "few" }, {}, 1],
  ];
  for (const [title, env, limits, count] of cases) {
    it(title, () => {
      const warnings: string[] = [];
      assert.deepEqual(spanLimits(env, warnings), limits);
      assert.equal(warnings.length, count);
    });
  }

  it("hold for the spans of runs", async () => {
    const telemetry = createTelemetry({ env: () => Promise.resolve({}) });
    const exporter = memoryExporter();
    const env = { OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT: "2" };
    await telemetry.configure({ enabled: true, exporter, env });
    new Scenario(telemetry, { span_token: "run" }).start().at(10).stop(10);
    await telemetry.shutdown();
    assert.equal(Object.keys(exporter.spans[0]!.attributes).length, 2);
  });
});
