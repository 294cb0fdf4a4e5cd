import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import {
  context,
  createTraceState,
  propagation,
  ROOT_CONTEXT,
  type Span,
  trace,
} from "@opentelemetry/api";
import { suppressTracing } from "@opentelemetry/core";
import {
  AlwaysOffSampler,
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
} from "@opentelemetry/sdk-trace-base";
import { createTelemetry, type Telemetry } from "../../src/telemetry/instance.ts";
import type { ConfigureOptions } from "../../src/telemetry/options.ts";
import { memoryExporter } from "../../src/telemetry/record_exporters.ts";
import type { SpanRecord } from "../../src/telemetry/span_record.ts";
import { traceIdOf } from "../../src/telemetry/spans/trace_id.ts";
import { Scenario } from "./scenario.ts";
import { StackManager } from "./stack_manager.ts";

const TRACE_ID = "0af7651916cd43dd8448eb211c80319c";

/** A host that traces: what its provider has finished, and its tracer. */
function hostTracing() {
  const exporter = new InMemorySpanExporter();
  const provider = new BasicTracerProvider({
    spanProcessors: [new SimpleSpanProcessor(exporter)],
  });
  return { exporter, provider, tracer: provider.getTracer("host") };
}

/** Runs a function with a span active, as a host does. */
function within<T>(span: Span, fn: () => T): T {
  return context.with(trace.setSpan(ROOT_CONTEXT, span), fn);
}

/** Telemetry that keeps its spans in memory. */
async function tracing(options: ConfigureOptions = {}) {
  const telemetry = createTelemetry({ env: () => Promise.resolve({}) });
  const exporter = memoryExporter();
  await telemetry.configure({ enabled: true, exporter, ...options });
  return { telemetry, spans: exporter.spans };
}

function turn(telemetry: Telemetry, extra: { trace_id?: string } = {}): Scenario {
  return new Scenario(telemetry).start(extra).at(10).stop(10);
}

describe("the parent of a turn", () => {
  before(() => context.setGlobalContextManager(new StackManager()));
  after(() => context.disable());

  it("is the caller's active span", async () => {
    const { telemetry, spans } = await tracing();
    const caller = hostTracing().tracer.startSpan("request");
    within(caller, () => turn(telemetry));
    assert.equal(spans[0]?.traceId, caller.spanContext().traceId);
    assert.equal(spans[0]?.parentSpanId, caller.spanContext().spanId);
  });

  it("is nobody where no span is active", async () => {
    const { telemetry, spans } = await tracing();
    turn(telemetry);
    assert.match(spans[0]?.traceId ?? "", /^[0-9a-f]{32}$/);
    assert.equal(spans[0]?.parentSpanId, undefined);
  });

  it("is nobody where a trace id is given, and the caller's span is linked", async () => {
    const { telemetry, spans } = await tracing();
    const caller = hostTracing().tracer.startSpan("request");
    within(caller, () => turn(telemetry, { trace_id: TRACE_ID }));
    const [span] = spans;
    const { traceId, spanId } = caller.spanContext();
    assert.equal(span?.traceId, TRACE_ID);
    assert.equal(span?.parentSpanId, undefined);
    assert.deepEqual(span?.links, [{ traceId, spanId, attributes: {} }]);
    assert.equal(span?.attributes["codex.trace_id"], TRACE_ID);
  });

  it("lets a name stand for a trace id, for this run alone", async () => {
    const { telemetry, spans } = await tracing();
    turn(telemetry, { trace_id: "nightly-42" });
    turn(telemetry);
    assert.equal(spans[0]?.traceId, traceIdOf("nightly-42"));
    assert.equal(spans[0]?.attributes["codex.trace_id"], "nightly-42");
    assert.notEqual(spans[1]?.traceId, traceIdOf("nightly-42"));
  });

  it("decides the sampling, and a sampler that is given decides more", async () => {
    const off = new BasicTracerProvider({ sampler: new AlwaysOffSampler() });
    const { telemetry, spans } = await tracing();
    within(off.getTracer("host").startSpan("request"), () => turn(telemetry));
    assert.deepEqual(spans, []);
    const none = await tracing({ sampler: new AlwaysOffSampler() });
    turn(none.telemetry, { trace_id: TRACE_ID });
    assert.deepEqual(none.spans, []);
  });

  it("is not needed where tracing is suppressed: there is no span", async () => {
    const { telemetry, spans } = await tracing();
    context.with(suppressTracing(ROOT_CONTEXT), () => turn(telemetry));
    assert.deepEqual(spans, []);
  });
});

describe("the context of a run", () => {
  before(() => context.setGlobalContextManager(new StackManager()));
  after(() => context.disable());

  const RUN = { span_token: "run-1" };
  const TOOL = { tool: "t", tool_type: "dynamic", call_id: "c" };
  const APPROVAL = { tool: "t", kind: "command", call_id: "c" };

  /** The span that is active in what `within()` calls. */
  function activeIn(telemetry: Telemetry, call_id?: string): string | undefined {
    const span = call_id === undefined ? RUN : { ...RUN, call_id };
    return telemetry.within(span, () => trace.getActiveSpan()?.spanContext().spanId);
  }

  it("makes the span of a call, of its approval, or of the turn the active one", async () => {
    const { telemetry, spans } = await tracing();
    const scenario = new Scenario(telemetry).start();
    const active = [activeIn(telemetry), activeIn(telemetry, "c")];
    scenario.emit("codex.tool.start", TOOL);
    active.push(activeIn(telemetry, "c"));
    scenario.emit("codex.approval.requested", APPROVAL);
    active.push(activeIn(telemetry, "c"));
    scenario.at(1).end("codex.approval.approved", 1, APPROVAL);
    active.push(activeIn(telemetry, "c"));
    scenario.end("codex.tool.success", 1, TOOL).stop(1);
    active.push(activeIn(telemetry));
    const [approval, tool, turn] = spans.map(({ spanId }) => spanId);
    assert.deepEqual(active, [turn, turn, tool, approval, tool, undefined]);
  });

  it("is handed on as W3C trace context, without baggage", async () => {
    const { telemetry, spans } = await tracing();
    const caller = trace.wrapSpanContext({
      traceId: TRACE_ID,
      spanId: "b7ad6b7169203331",
      traceFlags: 1,
      traceState: createTraceState("vendor=x"),
    });
    const baggage = propagation.createBaggage({ user: { value: "nobody else's business" } });
    const withBaggage = propagation.setBaggage(trace.setSpan(ROOT_CONTEXT, caller), baggage);
    const scenario = context.with(withBaggage, () => new Scenario(telemetry).start());
    const carrier = telemetry.carrier(RUN);
    scenario.at(1).stop(1);
    assert.deepEqual(carrier, {
      traceparent: `00-${TRACE_ID}-${spans[0]?.spanId}-01`,
      tracestate: "vendor=x",
    });
    assert.equal(telemetry.carrier(RUN), undefined);
  });

  it("says that a run is not sampled", async () => {
    const { telemetry } = await tracing({ sampler: new AlwaysOffSampler() });
    new Scenario(telemetry).start();
    assert.match(telemetry.carrier(RUN)?.traceparent ?? "", /^00-[0-9a-f]{32}-[0-9a-f]{16}-00$/);
  });

  it("is none where telemetry is off or tracing is disabled for the run", async () => {
    const off = createTelemetry({ env: () => Promise.resolve({}) });
    assert.equal(off.carrier(RUN), undefined);
    assert.equal(off.within(RUN, () => 7), 7);
    const { telemetry } = await tracing();
    new Scenario(telemetry).start({ tracing_disabled: true });
    assert.equal(telemetry.carrier(RUN), undefined);
    assert.equal(telemetry.within(RUN, () => 7), 7);
  });
});

describe("the host's own provider", () => {
  before(() => context.setGlobalContextManager(new StackManager()));
  after(() => {
    context.disable();
    trace.disable();
  });

  it("takes the spans, and is not shut down with us", async () => {
    const host = hostTracing();
    const telemetry = createTelemetry({ env: () => Promise.resolve({}) });
    const status = await telemetry.configure({ enabled: true, tracerProvider: host.provider });
    assert.equal(status.enabled, true);
    assert.equal(status.exporter, "none");
    const caller = host.tracer.startSpan("request");
    within(caller, () => turn(telemetry));
    await telemetry.shutdown();
    caller.end();
    const [span, request] = host.exporter.getFinishedSpans();
    assert.equal(span?.name, "invoke_agent codex");
    assert.equal(span?.instrumentationScope.name, "@codex-otel/sdk");
    assert.equal(span?.parentSpanContext?.spanId, request?.spanContext().spanId);
  });

  it("carries a chosen trace id, too", async () => {
    const host = hostTracing();
    const telemetry = createTelemetry({ env: () => Promise.resolve({}) });
    await telemetry.configure({ enabled: true, tracerProvider: host.provider });
    turn(telemetry, { trace_id: TRACE_ID });
    assert.equal(host.exporter.getFinishedSpans()[0]?.spanContext().traceId, TRACE_ID);
  });

  it("is the registered one with useGlobal", async () => {
    const host = hostTracing();
    trace.setGlobalTracerProvider(host.provider);
    const telemetry = createTelemetry({ env: () => Promise.resolve({}) });
    await telemetry.configure({ enabled: true, useGlobal: true });
    turn(telemetry);
    await telemetry.flush();
    assert.equal(host.exporter.getFinishedSpans().length, 1);
  });

  it("is never registered by us", async () => {
    trace.disable();
    const { telemetry } = await tracing();
    const foreign = trace.getTracer("x").startSpan("x");
    assert.equal(foreign.isRecording(), false);
    await telemetry.shutdown();
  });
});

describe("a span record", () => {
  it("can be cloned and posted through a port", async () => {
    const { telemetry, spans } = await tracing();
    turn(telemetry);
    const { port1, port2 } = new MessageChannel();
    const arrived = new Promise<SpanRecord>((resolve) => {
      port2.onmessage = ({ data }: MessageEvent<SpanRecord>) => resolve(data);
    });
    port1.postMessage(spans[0]);
    assert.deepEqual(await arrived, spans[0]);
    port1.close();
    port2.close();
  });
});
