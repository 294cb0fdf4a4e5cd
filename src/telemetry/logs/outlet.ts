import type { ReadableLogRecord } from "@opentelemetry/sdk-logs";
import { VERSION } from "../../version.ts";
import { Forwarder } from "../forwarder.ts";
import { forwarderOutlet } from "../forwarder_outlet.ts";
import { hostOutlet } from "../host_outlet.ts";
import { type ExporterContext, openOtlp } from "../open_otlp.ts";
import type { LoggerProviderLike } from "../options.ts";
import type { Outlet } from "../outlet.ts";
import { SCOPE } from "../resource.ts";
import type { LogDestination, OtlpTarget, Settings } from "../settings.ts";
import { createLogger } from "./logger.ts";

/** Records that go together at most, and how long one waits (specification, `OTEL_BLRP_*`). */
const BATCH = { batchSize: 512, delayMs: 1_000 };

/** Where the log records of a pipeline go. */
export interface LogOutlet extends Outlet {
  logger: ReturnType<LoggerProviderLike["getLogger"]>;
}

/**
 * Opens the outlet for log records.
 * @throws {CodexError} for certificates that cannot be used.
 */
export async function openLogOutlet(
  destination: LogDestination,
  { settings, context }: { settings: Settings; context: ExporterContext },
): Promise<LogOutlet> {
  if (destination.kind === "otlp") {
    return await ownOutlet(destination.target, { settings, context });
  }
  const { provider } = destination;
  return { ...hostOutlet(provider), logger: provider.getLogger(SCOPE, VERSION) };
}

async function ownOutlet(
  target: OtlpTarget,
  { settings, context }: { settings: Settings; context: ExporterContext },
): Promise<LogOutlet> {
  const { LogExporter } = await import("../../otlp/log_exporter.ts");
  const { options, pipeline, endpoint, mtls } = await openOtlp(target, context);
  const exporter = new LogExporter(options, pipeline);
  const forwarder = new Forwarder<ReadableLogRecord>({ exporter, ...BATCH });
  return {
    ...forwarderOutlet(forwarder),
    logger: createLogger(settings, (record) => forwarder.push(record)),
    endpoint,
    mtls,
    lastError: () => exporter.stats().lastError,
  };
}
