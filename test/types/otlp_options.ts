// Compiled, never run: what OpenTelemetry's own exporter is made with makes ours, too.
import type { OTLPTraceExporter as Official } from "@opentelemetry/exporter-trace-otlp-http";
import { OTLPTraceExporter } from "../../src/otlp/mod.ts";

type OfficialOptions = NonNullable<ConstructorParameters<typeof Official>[0]>;

/** Left out: what is about Node's agents (certificates go by `tls`), and metrics of the exporter. */
type Shared = Omit<OfficialOptions, "httpAgentOptions" | "keepAlive" | "selfObsMeterProvider">;

const all: Required<Shared> = {
  url: "http://localhost:4318/v1/traces",
  headers: { authorization: "Bearer x" },
  timeoutMillis: 1000,
  // The enum is in a package that this one does not depend on.
  compression: "gzip" as Required<Shared>["compression"],
  concurrencyLimit: 3,
  userAgent: "bot/1",
};
new OTLPTraceExporter(all);
new OTLPTraceExporter({ headers: () => Promise.resolve({ authorization: "Bearer x" }) });
new OTLPTraceExporter({ compression: "none" });
// @ts-expect-error: no header has a number
new OTLPTraceExporter({ headers: { a: 1 } });
