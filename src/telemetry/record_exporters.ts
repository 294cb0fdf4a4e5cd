/**
 * Exporters for local checks, which need no collector.
 * @module
 */
import type { ExportResult, ReadableSpan, SpanExporter } from "./otel_types.ts";
import { type SpanRecord, spanRecordOf } from "./span_record.ts";

/** `ExportResultCode.SUCCESS`; written out so that importing this file loads no SDK. */
const SUCCESS: ExportResult = { code: 0 };

/** Keeps finished spans. Made by {@linkcode memoryExporter}. */
export class MemoryExporter implements SpanExporter {
  /** What `status()` calls it. */
  readonly kind = "memory";
  /** Finished spans, in the order they ended; children come before their parents. */
  readonly spans: SpanRecord[] = [];

  /** Takes finished spans. */
  export(spans: ReadableSpan[], done: (result: ExportResult) => void): void {
    for (const span of spans) this.spans.push(spanRecordOf(span));
    done(SUCCESS);
  }

  /** Forgets all spans. */
  reset(): void {
    this.spans.length = 0;
  }

  /** Nothing to wait for. */
  forceFlush(): Promise<void> {
    return Promise.resolve();
  }

  /** Keeps the spans: they are to be looked at. */
  shutdown(): Promise<void> {
    return Promise.resolve();
  }
}

/** Anything that messages can be posted to: a `MessagePort`, a `Worker`, an object of your own. */
export interface MessageTarget {
  /** Takes one message, which the structured clone algorithm can copy. */
  postMessage(message: SpanMessage): void;
}

/** What a {@linkcode portExporter} posts for each finished span. */
export interface SpanMessage {
  /** Tells these messages from others on the same port. */
  type: "span";
  /** The finished span. */
  span: SpanRecord;
}

/** Posts finished spans. Made by {@linkcode portExporter}. */
export class PortExporter implements SpanExporter {
  /** What `status()` calls it. */
  readonly kind = "port";
  readonly #port: MessageTarget;

  /**
   * Use {@linkcode portExporter}.
   * @ignore
   */
  constructor(port: MessageTarget) {
    this.#port = port;
  }

  /** Posts one message for each span. What the port throws is a failed export. */
  export(spans: ReadableSpan[], done: (result: ExportResult) => void): void {
    try {
      for (const span of spans) this.#port.postMessage({ type: "span", span: spanRecordOf(span) });
    } catch (error) {
      done({ code: 1, error: error instanceof Error ? error : new Error(String(error)) });
      return;
    }
    done(SUCCESS);
  }

  /** Nothing to wait for. */
  forceFlush(): Promise<void> {
    return Promise.resolve();
  }

  /** Leaves the port open: it is its owner's. */
  shutdown(): Promise<void> {
    return Promise.resolve();
  }
}

/**
 * Creates an exporter whose `spans` grows with every finished span.
 *
 * @example Look at the span of a run
 * ```ts
 * import { Codex, createTelemetry, memoryExporter } from "@codex-otel/sdk";
 * import { catFixture } from "@codex-otel/sdk/testing";
 * import assert from "node:assert/strict";
 *
 * const telemetry = createTelemetry();
 * const exporter = memoryExporter();
 * await telemetry.configure({ enabled: true, exporter });
 *
 * using cli = catFixture([{ type: "thread.started", thread_id: "t1" }]);
 * await new Codex({ codexPathOverride: cli.path, telemetry }).startThread().run("Look around");
 * await telemetry.flush();
 * assert.equal(exporter.spans[0]?.name, "invoke_agent codex");
 * assert.equal(exporter.spans[0]?.attributes["codex.thread.id"], "t1");
 * await telemetry.shutdown();
 * ```
 */
export function memoryExporter(): MemoryExporter {
  return new MemoryExporter();
}

/**
 * Creates an exporter that posts every finished span as `{ type: "span", span }`.
 * @throws {TypeError} when the port has no `postMessage`.
 *
 * @example Receive spans at the other end of a channel
 * ```ts
 * import { Codex, createTelemetry, portExporter, type SpanMessage } from "@codex-otel/sdk";
 * import { catFixture } from "@codex-otel/sdk/testing";
 * import assert from "node:assert/strict";
 *
 * const telemetry = createTelemetry();
 * const { port1, port2 } = new MessageChannel();
 * const received = new Promise<SpanMessage>((resolve) => {
 *   port2.onmessage = ({ data }) => resolve(data);
 * });
 * await telemetry.configure({ enabled: true, exporter: portExporter(port1) });
 *
 * using cli = catFixture([{ type: "thread.started", thread_id: "t1" }]);
 * await new Codex({ codexPathOverride: cli.path, telemetry }).startThread().run("Look around");
 * const { type, span } = await received;
 * assert.deepEqual([type, span.name], ["span", "invoke_agent codex"]);
 * await telemetry.shutdown();
 * port1.close();
 * port2.close();
 * ```
 */
export function portExporter(port: MessageTarget): PortExporter {
  if (typeof port?.postMessage !== "function") {
    throw new TypeError("portExporter() needs an object with postMessage().");
  }
  return new PortExporter(port);
}
