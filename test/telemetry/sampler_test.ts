import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ROOT_CONTEXT, SpanKind, trace, TraceFlags } from "@opentelemetry/api";
import { SamplingDecision } from "@opentelemetry/sdk-trace-base";
import { createTelemetry } from "../../mod.ts";
import { createSampler } from "../../src/telemetry/sampler.ts";
import { samplerSetting } from "../../src/telemetry/sampler_setting.ts";
import { Scenario } from "./scenario.ts";

/** The SDK decides by the exclusive or of the four parts of a trace id. */
const LOW = "00000000000000000000000000000001";
const HIGH = "ffffffff000000000000000000000000";

/** Whether a span is sampled, by its trace and by what its parent was. */
function isSampled(
  env: Record<string, string>,
  { traceId, parent }: { traceId: string; parent?: boolean },
): boolean {
  const traceFlags = parent ? TraceFlags.SAMPLED : TraceFlags.NONE;
  const context = parent === undefined
    ? ROOT_CONTEXT
    : trace.setSpanContext(ROOT_CONTEXT, { traceId, spanId: "00000000000000ff", traceFlags });
  const { decision } = createSampler(samplerSetting(env, []))
    .shouldSample(context, traceId, "name", SpanKind.INTERNAL, {}, []);
  return decision === SamplingDecision.RECORD_AND_SAMPLED;
}

describe("OTEL_TRACES_SAMPLER", () => {
  // A root of a low and of a high trace id, then a child of what is sampled and of what is not.
  const cases: [sampler: string, arg: string, expected: [boolean, boolean, boolean, boolean]][] = [
    ["", "", [true, true, true, false]],
    ["always_on", "", [true, true, true, true]],
    ["always_off", "", [false, false, false, false]],
    ["traceidratio", "0.5", [true, false, true, true]],
    ["traceidratio", "0", [false, false, false, false]],
    ["traceidratio", "1", [true, true, true, true]],
    ["parentbased_always_on", "", [true, true, true, false]],
    ["parentbased_always_off", "", [false, false, true, false]],
    ["parentbased_traceidratio", "0.5", [true, false, true, false]],
  ];
  for (const [sampler, arg, expected] of cases) {
    it(`samples by ${sampler || "default"} ${arg}`, () => {
      const env = { OTEL_TRACES_SAMPLER: sampler, OTEL_TRACES_SAMPLER_ARG: arg };
      const decisions = [
        isSampled(env, { traceId: LOW }),
        isSampled(env, { traceId: HIGH }),
        isSampled(env, { traceId: LOW, parent: true }),
        isSampled(env, { traceId: LOW, parent: false }),
      ];
      assert.deepEqual(decisions, expected);
    });
  }

  for (const [sampler, spans] of [["always_on", 3], ["always_off", 0]] as const) {
    it(`lets ${spans} of 3 runs through with ${sampler}`, async () => {
      const telemetry = createTelemetry();
      const env = { CODEX_OTLP_ENDPOINT: "pid://local", OTEL_TRACES_SAMPLER: sampler };
      await telemetry.configure({ enabled: true, env });
      for (let run = 0; run < 3; run++) {
        new Scenario(telemetry, { span_token: `run ${run}` }).start().at(10).stop(10);
      }
      await telemetry.shutdown();
      assert.equal(telemetry.memory?.spans.length, spans);
    });
  }
});
