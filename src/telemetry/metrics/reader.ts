import { context } from "@opentelemetry/api";
import { suppressTracing, unrefTimer } from "@opentelemetry/core";
import type { Resource } from "@opentelemetry/resources";
import type { PushMetricExporter } from "@opentelemetry/sdk-metrics";
import { VERSION } from "../../version.ts";
import { SCOPE } from "../resource.ts";
import type { OwnMeter, TemporalityOf } from "./meter.ts";

/** What a {@linkcode PeriodicReader} works with. */
export interface PeriodicReaderOptions {
  meter: OwnMeter;
  exporter: PushMetricExporter & { selectAggregationTemporality: TemporalityOf };
  resource: Resource;
  intervalMs: number;
}

/** Sends what a meter has measured: once per interval, at each flush and at the end. */
export class PeriodicReader {
  readonly #options: PeriodicReaderOptions;
  readonly #timer: ReturnType<typeof setInterval>;

  /** Begins; the timer does not keep the process alive. */
  constructor(options: PeriodicReaderOptions) {
    this.#options = options;
    this.#timer = setInterval(() => this.#send(), options.intervalMs);
    unrefTimer(this.#timer);
  }

  /** Sends what there is, and waits until it is delivered or given up. */
  async flush(): Promise<void> {
    this.#send();
    await this.#options.exporter.forceFlush();
  }

  /** Sends what there is, and closes the exporter. */
  async shutdown(): Promise<void> {
    clearInterval(this.#timer);
    this.#send();
    await this.#options.exporter.shutdown();
  }

  #send(): void {
    const { meter, exporter, resource } = this.#options;
    const metrics = meter.collect((type) => exporter.selectAggregationTemporality(type));
    if (metrics.length === 0) return;
    const scopeMetrics = [{ scope: { name: SCOPE, version: VERSION }, metrics }];
    // The requests of an exporter must not become spans. What becomes of them it counts itself.
    context.with(suppressTracing(context.active()), () => {
      exporter.export({ resource, scopeMetrics }, () => {});
    });
  }
}
