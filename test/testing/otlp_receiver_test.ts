import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "node:test";
import { isCodexError } from "../../src/errors.ts";
import { otlpReceiver } from "../../src/testing/mod.ts";
import type { OtlpReceiver } from "../../src/testing/mod.ts";

const TRACE_ID = "0af7651916cd43dd8448eb211c80319c";

const oneSpan = (span: Record<string, unknown>) => ({
  resourceSpans: [{
    resource: { attributes: [{ key: "service.name", value: { stringValue: "shop" } }] },
    scopeSpans: [{ scope: { name: "lib", version: "1.0" }, spans: [span] }],
  }],
});

async function gzip(text: string): Promise<Uint8Array<ArrayBuffer>> {
  const stream = new Blob([text]).stream().pipeThrough(new CompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

describe("otlpReceiver()", () => {
  let receiver: OtlpReceiver;
  beforeEach(async () => {
    receiver = await otlpReceiver();
  });
  afterEach(() => receiver.close());

  const post = async (signal: string, body: unknown): Promise<number> => {
    const response = await fetch(`${receiver.url}/v1/${signal}`, {
      method: "POST",
      headers: { "content-type": "application/json", "x-tenant": "a" },
      body: JSON.stringify(body),
    });
    await response.text();
    return response.status;
  };

  it("keeps spans as flat records", async () => {
    await post(
      "traces",
      oneSpan({
        name: "work",
        traceId: TRACE_ID,
        spanId: "b7ad6b7169203331",
        parentSpanId: "",
        kind: 3,
        startTimeUnixNano: "1700000000000000001",
        endTimeUnixNano: "1700000000002500001",
        attributes: [
          { key: "n", value: { intValue: "42" } },
          { key: "big", value: { intValue: "9007199254740993" } },
          {
            key: "list",
            value: { arrayValue: { values: [{ boolValue: true }, { doubleValue: 1.5 }] } },
          },
          {
            key: "map",
            value: { kvlistValue: { values: [{ key: "a", value: { stringValue: "b" } }] } },
          },
        ],
        events: [{ name: "e", timeUnixNano: "1700000000000000002", attributes: [] }],
        links: [{ traceId: TRACE_ID, spanId: "00f067aa0ba902b7" }],
        status: { code: 2, message: "broke" },
      }),
    );
    assert.deepEqual(receiver.spans, [{
      name: "work",
      traceId: TRACE_ID,
      spanId: "b7ad6b7169203331",
      kind: "client",
      startUnixNano: 1700000000000000001n,
      endUnixNano: 1700000000002500001n,
      durationMs: 2.5,
      attributes: { n: 42, big: "9007199254740993", list: [true, 1.5], map: { a: "b" } },
      events: [{ name: "e", timeUnixNano: 1700000000000000002n, attributes: {} }],
      links: [{ traceId: TRACE_ID, spanId: "00f067aa0ba902b7", attributes: {} }],
      status: { code: "error", message: "broke" },
      resource: { "service.name": "shop" },
      scope: { name: "lib", version: "1.0" },
    }]);
  });

  it("keeps metrics as flat records", async () => {
    const sum = { asInt: "7", timeUnixNano: "2", startTimeUnixNano: "1", attributes: [] };
    const histogram = { count: "2", sum: 3, bucketCounts: ["1", "1"], explicitBounds: [1] };
    await post("metrics", {
      resourceMetrics: [{
        scopeMetrics: [{
          scope: { name: "lib" },
          metrics: [
            {
              name: "turns",
              unit: "1",
              sum: { isMonotonic: true, aggregationTemporality: 2, dataPoints: [sum] },
            },
            {
              name: "duration",
              unit: "s",
              histogram: { aggregationTemporality: 1, dataPoints: [histogram] },
            },
          ],
        }],
      }],
    });
    const [turns, duration] = receiver.metrics;
    assert.deepEqual(
      [turns?.type, turns?.temporality, turns?.monotonic, turns?.points[0]?.value],
      ["sum", "cumulative", true, 7],
    );
    assert.deepEqual(
      [duration?.type, duration?.temporality, duration?.points[0]?.bucketCounts],
      ["histogram", "delta", [1, 1]],
    );
  });

  it("keeps log records as flat records", async () => {
    const record = {
      timeUnixNano: "5",
      severityNumber: 9,
      severityText: "INFO",
      body: { stringValue: "hello" },
      traceId: TRACE_ID,
    };
    await post("logs", { resourceLogs: [{ scopeLogs: [{ logRecords: [record] }] }] });
    const [log] = receiver.logs;
    assert.deepEqual([log?.body, log?.severityText, log?.traceId], ["hello", "INFO", TRACE_ID]);
    assert.equal(log?.timeUnixNano, 5n);
  });

  it("decompresses what came as gzip, and says how much went over the wire", async () => {
    const text = JSON.stringify(oneSpan({ name: "n".repeat(5000) }));
    const body = await gzip(text);
    const headers = { "content-encoding": "gzip" };
    await (await fetch(`${receiver.url}/v1/traces`, { method: "POST", headers, body })).text();
    assert.equal(receiver.spans[0]?.name.length, 5000);
    assert.equal(receiver.requests[0]?.wireBytes, body.length);
    assert.ok(body.length < text.length);
  });

  it("notes every request with its headers, and keeps what is no JSON as text", async () => {
    await (await fetch(`${receiver.url}/v1/traces`, { method: "POST", body: "\u0001proto" }))
      .text();
    await post("traces", {});
    const [first, second] = receiver.requests;
    assert.equal(first?.body, "\u0001proto");
    assert.deepEqual([second?.path, second?.method], ["/v1/traces", "POST"]);
    assert.equal(second?.headers["x-tenant"], "a");
  });

  it("fails as often as it is told, and keeps nothing of what it refused", async () => {
    receiver.respondWith({ status: 503, headers: { "retry-after": "1" } }, { times: 2 });
    receiver.respondWith({ body: { partialSuccess: { rejectedSpans: "1" } } });
    const statuses = [];
    for (let n = 0; n < 4; n++) statuses.push(await post("traces", oneSpan({ name: `s${n}` })));
    assert.deepEqual(statuses, [503, 503, 200, 200]);
    assert.deepEqual(receiver.spans.map(({ name }) => name), ["s2", "s3"]);
    assert.deepEqual(receiver.requests.map(({ accepted }) => accepted), [false, false, true, true]);
  });

  it("fails for ever until it recovers", async () => {
    receiver.respondWith({ status: 429 }, { times: Infinity });
    assert.deepEqual([await post("logs", {}), await post("logs", {})], [429, 429]);
    receiver.recover();
    assert.equal(await post("logs", {}), 200);
  });

  it("resets a connection", async () => {
    receiver.respondWith("reset");
    await assert.rejects(post("traces", {}));
    assert.equal(receiver.requests[0]?.accepted, false);
  });

  it("hangs until the client gives up, and then closes all the same", async () => {
    receiver.respondWith("hang");
    const hanging = assert.rejects(post("traces", {}));
    await receiver.waitForRequests(1);
    await receiver.close();
    await hanging;
  });

  it("waits for a number of spans, and for one that fits", async () => {
    const enough = receiver.waitForSpans(2);
    const fitting = receiver.waitForSpans(({ name }) => name === "b");
    await post("traces", oneSpan({ name: "a" }));
    await post("traces", oneSpan({ name: "b" }));
    assert.equal((await enough).length, 2);
    assert.equal((await fitting).length, 2);
  });

  it("says which spans came when the awaited ones do not", async () => {
    await post("traces", oneSpan({ name: "only" }));
    await assert.rejects(
      receiver.waitForSpans(2, { timeoutMs: 20 }),
      (error) => isCodexError(error, "timeout") && error.message.includes("only"),
    );
  });

  it("forgets what has arrived, and may be closed twice", async () => {
    await post("traces", oneSpan({ name: "a" }));
    receiver.clear();
    assert.deepEqual([receiver.spans, receiver.requests], [[], []]);
    await receiver.close();
    await receiver.close();
  });
});
