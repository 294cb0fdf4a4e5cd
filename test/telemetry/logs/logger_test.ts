import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ROOT_CONTEXT, trace } from "@opentelemetry/api";
import { JsonLogsSerializer } from "@opentelemetry/otlp-transformer";
import { LoggerProvider, type ReadableLogRecord } from "@opentelemetry/sdk-logs";
import { resolveSettings } from "../../../src/telemetry/config.ts";
import { createLogger } from "../../../src/telemetry/logs/logger.ts";
import type { EmittedLog } from "../../../src/telemetry/options.ts";
import { createResource, SCOPE } from "../../../src/telemetry/resource.ts";
import { VERSION } from "../../../src/version.ts";

const SPAN = { traceId: "0af7651916cd43dd8448eb211c80319c", spanId: "b7ad6b7169203331" };

/** A record as it is sent, but for the time at which it was seen. */
function sent(record: ReadableLogRecord): unknown {
  const request = JSON.parse(
    new TextDecoder().decode(JsonLogsSerializer.serializeRequest([record])),
  );
  const [{ scopeLogs: [{ scope, logRecords: [{ observedTimeUnixNano, ...told }] }], resource }] =
    request.resourceLogs;
  assert.match(String(observedTimeUnixNano), /^\d{19}$/);
  return { resource, scope, ...told };
}

function bothOf(attributes: EmittedLog["attributes"], spanId: string) {
  const { settings } = resolveSettings({ enabled: true, signals: ["logs"] }, {});
  const records: ReadableLogRecord[] = [];
  const provider = new LoggerProvider({
    resource: createResource(settings!),
    processors: [{
      onEmit: (record) => void records.push(record),
      forceFlush: () => Promise.resolve(),
      shutdown: () => Promise.resolve(),
    }],
  });
  const own = createLogger(settings!, (record) => records.push(record));
  for (const logger of [provider.getLogger(SCOPE, VERSION), own]) {
    logger.emit({
      eventName: "codex.thread.start",
      timestamp: [1_700_000_000, 250_000_000],
      severityNumber: 9,
      severityText: "INFO",
      body: "codex.thread.start",
      attributes,
      context: trace.setSpanContext(ROOT_CONTEXT, { ...SPAN, spanId, traceFlags: 1 }),
    });
  }
  return records.map(sent);
}

describe("createLogger()", () => {
  it("makes the records that the SDK makes", () => {
    const [sdk, own] = bothOf({ text: "a", number: 1, list: ["a", "b"] }, SPAN.spanId);
    assert.deepEqual(own, sdk);
  });

  it("counts what is beyond 128 attributes, and joins no span that is not valid", () => {
    const many = Object.fromEntries(
      Array.from({ length: 130 }, (_, index) => [`a${index}`, index]),
    );
    const [sdk, own] = bothOf(many, "0000000000000000");
    assert.deepEqual(own, sdk);
    assert.equal((own as { droppedAttributesCount: number }).droppedAttributesCount, 2);
  });
});
