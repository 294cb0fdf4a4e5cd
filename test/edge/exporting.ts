/** Scenarios about telemetry alone. They share the instance of the module, as a Worker's requests do. */
import {
  type ConfigureOptions,
  createTelemetry,
  type ExporterStats,
  memoryExporter,
  OTLPTraceExporter,
  telemetry,
  type TelemetryStatus,
} from "../../src/edge.ts";
import { BasicTracerProvider, SimpleSpanProcessor } from "@opentelemetry/sdk-trace-base";
import type { Scene } from "./scene.ts";

/** What the exporters announce, by name and reason. */
const announced: string[] = [];
telemetry.attachMany(
  "announced",
  [
    "codex.telemetry.configure.failure",
    "codex.telemetry.export.failure",
    "codex.telemetry.export.dropped",
  ],
  ({ name, metadata }) => void announced.push(`${name.slice(16)} ${metadata.reason}`),
);

/** What can be given in JSON. */
type PlainOptions = Omit<ConfigureOptions, "exporter" | "fetch" | "redact" | "sampler">;

/** A service binding. */
interface Fetcher {
  fetch: typeof fetch;
}

function spansOf(names: readonly string[]): void {
  for (const workflow of names) {
    telemetry.span("codex.thread", { input: "Go", transport: "websocket", workflow }, () => {});
  }
}

export const exporting = {
  /** With the bindings for an environment. */
  configure: (options: PlainOptions, { env }: Scene): Promise<TelemetryStatus> =>
    telemetry.configure({ env, ...options }),

  /** By way of a binding that has a client certificate. */
  configureByBinding: (options: PlainOptions, { env }: Scene): Promise<TelemetryStatus> => {
    const { CERTIFICATE } = env as { CERTIFICATE: Fetcher };
    return telemetry.configure({
      ...options,
      fetch: (url, init) => CERTIFICATE.fetch(url, init),
    });
  },

  /** Ends spans of these names, and leaves them. */
  end: (names: string[]): void => spansOf(names),

  /** Ends spans, and waits for the flush. */
  endAndFlush: async (names: string[]): Promise<TelemetryStatus> => {
    spansOf(names);
    return await telemetry.flush();
  },

  /** Ends spans, and gives the flush to the runtime. */
  endAndLeaveFlush: (names: string[], { waitUntil }: Scene): void => {
    spansOf(names);
    waitUntil(telemetry.flush());
  },

  /** Ends spans, begins a flush and ends with the request, which takes the flush with it. */
  endAndForgetFlush: async (names: string[]): Promise<void> => {
    spansOf(names);
    void telemetry.flush();
    await new Promise((resolve) => setTimeout(resolve, 50));
  },

  /** Begins to configure anew, which flushes first, and ends with the request. */
  forgetConfigure: async (options: PlainOptions, { env }: Scene): Promise<void> => {
    void telemetry.configure({ env, ...options });
    await new Promise((resolve) => setTimeout(resolve, 50));
  },

  status: (): TelemetryStatus => telemetry.status(),

  announced: (): string[] => announced.splice(0),

  shutdown: (): Promise<TelemetryStatus> => telemetry.shutdown(),

  /** Of an instance of its own, by an exporter that keeps spans. */
  memory: async (): Promise<string[]> => {
    const own = createTelemetry();
    const exporter = memoryExporter();
    await own.configure({ enabled: true, exporter });
    own.span("codex.thread", { input: "Go", transport: "websocket" }, () => {});
    return exporter.spans.map(({ name }) => name);
  },

  /** An SDK of the user's own, with the exporter of the edge. */
  ownProvider: async (url: string): Promise<ExporterStats> => {
    const exporter = new OTLPTraceExporter({ url });
    const provider = new BasicTracerProvider({
      spanProcessors: [new SimpleSpanProcessor(exporter)],
    });
    provider.getTracer("own").startSpan("own work").end();
    await provider.forceFlush();
    return exporter.stats();
  },

  /** What the runtime has of what must not be used. */
  globals: (): string[] =>
    ["process", "Buffer", "require", "__dirname", "global"].filter((name) => name in globalThis),
};
