/**
 * Telemetry as its users see it: the event bus, and the pipeline that `configure()` sets up.
 * Nothing of OpenTelemetry is loaded before `configure()` enables something, and what reads its
 * options only with its first call.
 * @module
 */
import { isCodexError } from "../errors.ts";
import { EventBus } from "../events/bus.ts";
import type { ErrorSummary } from "../events/catalogue.ts";
import { attachDefaultLogger, type DefaultLoggerOptions } from "../events/default_logger.ts";
import type { CollectorFacts, SpanReference, TraceCarrier } from "../events/sink.ts";
import type { TelemetryHost } from "./host.ts";
import type { ConfigureOptions, TelemetryStatus } from "./options.ts";
import type { Pipeline } from "./pipeline.ts";
import type { MemoryExporter } from "./record_exporters.ts";
import { PromiseSerial, type Serial } from "./serial.ts";

/** Status of telemetry that is off. */
const OFF: TelemetryStatus = {
  enabled: false,
  exporter: "none",
  processor: "simple",
  signals: [],
  mtls: false,
  spans: { exported: 0, queued: 0, dropped: 0 },
};

/** What a function of the user's throws may hold a secret. */
const HEADERS_MISSING: ErrorSummary = {
  code: "telemetry_config",
  message: "The function that gives the headers for the collector has failed.",
};

/** Announces what happens, and exports it once it is configured. */
export class Telemetry extends EventBus {
  readonly #host: TelemetryHost;
  readonly #serial: Serial;
  #pipeline: Pipeline | undefined;
  /** Replaced, and not yet known to be closed. */
  readonly #retired = new Set<Pipeline>();
  #off: TelemetryStatus = OFF;
  #memory: MemoryExporter | undefined;

  /**
   * Use {@linkcode createTelemetry}.
   * @ignore
   */
  constructor(host: TelemetryHost) {
    super();
    this.#host = host;
    this.#serial = host.serial ?? new PromiseSerial();
  }

  /** What the endpoint `pid://local` has kept; stays after `shutdown()`. */
  get memory(): MemoryExporter | undefined {
    return this.#memory;
  }

  /**
   * Reads options and environment and replaces the pipeline: the one before is flushed and shut
   * down first, and spans that end meanwhile go to the new one. Spans of runs under way end with
   * the old one. Calls at the same time queue.
   *
   * Does not throw because of the outside world (a missing file, a bad URL): it warns through
   * OpenTelemetry's `diag`, emits `codex.telemetry.configure.failure`, and gives a status with
   * `enabled: false` and an `error`.
   *
   * @throws {TypeError} for an option of the wrong type.
   * @throws {CodexError} with `strict: true`: `telemetry_config`, `tls_incomplete`,
   * `tls_file_unreadable`, `tls_invalid_pem`, `tls_key_encrypted`, `tls_key_mismatch` or
   * `unsupported`.
   *
   * @example Export to a collector
   * ```ts
   * import { Codex, createTelemetry } from "@codex-otel/sdk";
   * import { catFixture, otlpReceiver } from "@codex-otel/sdk/testing";
   * import assert from "node:assert/strict";
   *
   * const telemetry = createTelemetry();
   * await using collector = await otlpReceiver();
   * const status = await telemetry.configure({
   *   enabled: true,
   *   endpoint: collector.url, // In production: "https://otel.example.com:4318"
   *   headers: { authorization: "Bearer abc123" },
   *   resource: { "service.name": "review-bot" },
   * });
   * assert.equal(status.enabled, true);
   *
   * using cli = catFixture([{ type: "thread.started", thread_id: "t1" }]);
   * await new Codex({ codexPathOverride: cli.path, telemetry }).startThread().run("Look around");
   * const { spans } = await telemetry.shutdown();
   * assert.equal(spans.exported, 1);
   * assert.equal(collector.spans[0]?.name, "invoke_agent codex");
   * ```
   *
   * @example Configure it by the environment
   * ```ts
   * import { createTelemetry } from "@codex-otel/sdk";
   * import assert from "node:assert/strict";
   *
   * const telemetry = createTelemetry();
   * // Without `env`, these are variables of the process.
   * const env = { CODEX_OTLP_ENABLE: "1", CODEX_OTLP_ENDPOINT: "pid://local" };
   * const status = await telemetry.configure({ env });
   * assert.equal(status.exporter, "memory");
   * assert.deepEqual(telemetry.memory?.spans, []);
   * ```
   *
   * @example Send spans to the tracer provider of your application
   * ```ts
   * import { createTelemetry } from "@codex-otel/sdk";
   * import { BasicTracerProvider } from "@opentelemetry/sdk-trace-base";
   * import assert from "node:assert/strict";
   *
   * const telemetry = createTelemetry();
   * const tracerProvider = new BasicTracerProvider(); // Your own, with its processors
   * const status = await telemetry.configure({ enabled: true, tracerProvider });
   * assert.equal(status.exporter, "none"); // Nothing is exported here: that is the provider's
   * ```
   *
   * @example See what is wrong with the configuration
   * ```ts
   * import { createTelemetry } from "@codex-otel/sdk";
   * import assert from "node:assert/strict";
   *
   * const status = await createTelemetry().configure({
   *   enabled: true,
   *   endpoint: "https://otel.example.com:4318",
   *   tls: { certFile: "/etc/codex/client.crt" }, // Without its keyFile
   * });
   * assert.equal(status.enabled, false);
   * assert.equal(status.error?.code, "tls_incomplete");
   * ```
   */
  async configure(options: ConfigureOptions = {}): Promise<TelemetryStatus> {
    return await this.#serial.run(async () => {
      const { checkOptions } = await import("./check_options.ts");
      checkOptions(options);
      return await this.#configure(options);
    });
  }

  /** What telemetry does at the moment. */
  status(): TelemetryStatus {
    return this.#pipeline?.status() ?? structuredClone(this.#off);
  }

  /** Has everything delivered that has ended. What could not be delivered shows in the status. */
  async flush(): Promise<TelemetryStatus> {
    // A change under way is waited for. One that never came to its end holds nothing back.
    await this.#serial.settled();
    this.#pipeline?.release();
    await Promise.all([...this.#retired].map((old) => this.#retire(old)));
    await this.#pipeline?.flush();
    return this.status();
  }

  /**
   * Has everything delivered and turns telemetry off; handlers stay attached. What could not be
   * delivered shows in the status.
   */
  async shutdown(): Promise<TelemetryStatus> {
    return await this.#serial.run(async () => {
      await this.#replace(undefined);
      return this.status();
    });
  }

  /**
   * Attaches a handler that writes a line for what happens, and gives the id to detach it by.
   * @throws {CodexError} `handler_exists` when the id is taken.
   * @throws {TypeError} for an option of the wrong type.
   *
   * @example Write JSON lines to a logger of your own
   * ```ts
   * import { Codex, createTelemetry } from "@codex-otel/sdk";
   * import { catFixture } from "@codex-otel/sdk/testing";
   * import assert from "node:assert/strict";
   *
   * const telemetry = createTelemetry();
   * const lines: string[] = [];
   * const write = (line: string) => lines.push(line);
   * const logger = { debug: write, info: write, warn: write, error: write }; // `console` by default
   * const id = telemetry.attachDefaultLogger({ level: "info", format: "json", logger });
   *
   * using cli = catFixture([{ type: "thread.started", thread_id: "t1" }]);
   * await new Codex({ codexPathOverride: cli.path, telemetry }).startThread().run("Look around");
   * assert.equal(JSON.parse(lines[0] ?? "").event, "codex.thread.start");
   * assert.equal(JSON.parse(lines[1] ?? "").result, "ok");
   * telemetry.detach(id);
   * ```
   */
  attachDefaultLogger(options: DefaultLoggerOptions = {}): string {
    return attachDefaultLogger(this, options);
  }

  /**
   * The trace context of a run's span, or of one of its calls, to hand on to another process;
   * undefined where nothing is traced.
   */
  carrier(span: SpanReference): TraceCarrier | undefined {
    return this.#pipeline?.carrier(span);
  }

  /**
   * Calls a function in which a run's span, or that of one of its calls, is the active one. The
   * host's context manager has to be there for that; without one it is a plain call.
   */
  within<T>(span: SpanReference, fn: () => T): T {
    return this.#pipeline ? this.#pipeline.within(span, fn) : fn();
  }

  /**
   * The collector that is exported to, with its headers, for `CodexOptions.cli`; undefined where
   * there is none, and where a function of the user's for headers fails, which is announced as
   * `codex.telemetry.configure.failure`.
   *
   * @throws {CodexError} `unsupported` for certificates that are no files, and for a URL with a
   * query.
   */
  async collector(): Promise<CollectorFacts | undefined> {
    try {
      return await this.#pipeline?.collector();
    } catch (reason) {
      if (isCodexError(reason, "unsupported")) throw reason;
      const error = isCodexError(reason) ? summaryOf(reason) : HEADERS_MISSING;
      await warn([`The CLI exports nothing: ${error.message}`]);
      this.#announce(error);
      return undefined;
    }
  }

  async #configure(options: ConfigureOptions): Promise<TelemetryStatus> {
    try {
      const next = await this.#open(options);
      await this.#replace(next);
      if (!next) this.#off = OFF;
    } catch (cause) {
      const reason = await this.#host.explain?.(cause) ?? cause;
      await this.#replace(undefined);
      await this.#fail(reason);
      if (options.strict) throw reason;
    }
    return this.status();
  }

  async #open(options: ConfigureOptions): Promise<Pipeline | undefined> {
    const env = options.env ?? await this.#host.env();
    const { resolveSettings } = await import("./config.ts");
    const { settings, warnings } = resolveSettings(options, env);
    if (warnings.length > 0) await warn(warnings);
    if (!settings) return undefined;
    if (options.contextManager) {
      const { installContextManager } = await import("./context_manager.ts");
      await installContextManager(this.#host);
    }
    const { openPipeline } = await import("./open_pipeline.ts");
    return await openPipeline(settings, { bus: this, host: this.#host });
  }

  /** No event may fall between the two pipelines: between `stop` and `start` nothing is awaited. */
  async #replace(next: Pipeline | undefined): Promise<void> {
    const old = this.#pipeline;
    old?.stop();
    next?.start();
    this.#pipeline = next;
    if (next) this.#memory = next.memory;
    if (old) await this.#retire(old);
    if (old && !next) this.#off = { ...old.status(), enabled: false };
    next?.release();
  }

  /** Closed again by the next flush where the request that does it ends meanwhile. */
  async #retire(old: Pipeline): Promise<void> {
    this.#retired.add(old);
    await old.close();
    this.#retired.delete(old);
  }

  async #fail(reason: unknown): Promise<void> {
    const error = summaryOf(reason);
    this.#off = { ...OFF, error };
    await warn([`Telemetry stays off: ${error.message}`]);
    this.#announce(error);
  }

  #announce(error: ErrorSummary): void {
    const metadata = { originator: "sdk", reason: error.code, error } as const;
    this.emit("codex.telemetry.configure.failure", { count: 1 }, metadata);
  }
}

/** Creates telemetry that exports at once, as long as the program runs. */
export function createTelemetry(host: Omit<TelemetryHost, "pipeline">): Telemetry {
  const pipeline = async () => (await import("../otlp/pipeline.ts")).PIPELINE;
  return new Telemetry({ ...host, pipeline });
}

function summaryOf(reason: unknown): ErrorSummary {
  if (isCodexError(reason)) return { code: reason.code, message: reason.message };
  const { name, message } = reason instanceof Error ? reason : new Error(String(reason));
  return { code: name, message };
}

/** The API is loaded only now that there is something to say. */
async function warn(messages: readonly string[]): Promise<void> {
  (await import("./warn.ts")).warn(messages);
}
