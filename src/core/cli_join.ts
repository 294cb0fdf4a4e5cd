/**
 * The CLI's own OpenTelemetry export, joined to that of this package.
 * @module
 */
import type { ExportSignal } from "../events/catalogue.ts";
import type { CollectorEndpoint, CollectorFacts } from "../events/sink.ts";
import type { CliExportOptions } from "./options.ts";
import { toTomlValue } from "./toml.ts";

/** The CLI's keys (0.169); `exporter` is that of its logs. */
export const EXPORTER_KEYS: Readonly<Record<ExportSignal, string>> = {
  traces: "trace_exporter",
  metrics: "metrics_exporter",
  logs: "exporter",
};

/** The signals, in the order of the arguments. */
export const JOINED_SIGNALS: readonly ExportSignal[] = ["traces", "metrics", "logs"];

/** What the join depends on. */
export interface CliJoinInput {
  cli: CliExportOptions;
  collector: CollectorFacts;
  /** Signals for which the user has named an exporter. */
  claimed: ReadonlySet<ExportSignal>;
}

/** What the CLI is started with. */
export interface CliJoin {
  /** `key=value`, for `--config`; never a secret, for everybody can read command lines. */
  overrides: string[];
  /** The rest; the headers are secrets. */
  env: Record<string, string>;
}

/** Points the CLI at the collector, for the signals that are asked for and not claimed. */
export function cliJoin({ cli, collector, claimed }: CliJoinInput): CliJoin {
  const joined = JOINED_SIGNALS.flatMap((signal): [ExportSignal, CollectorEndpoint][] => {
    const endpoint = collector.endpoints[signal];
    return cli[signal] && endpoint && !claimed.has(signal) ? [[signal, endpoint]] : [];
  });
  if (joined.length === 0) return { overrides: [], env: {} };
  return {
    overrides: joined.map(([signal, endpoint]) => exporterOverride(signal, endpoint)),
    env: {
      ...headerVariables(joined),
      ...resourceVariable(collector.resource),
      ...samplerVariables(cli.sampler),
    },
  };
}

/** The CLI uses the endpoint as it is written, and needs the protocol to be named. */
function exporterOverride(signal: ExportSignal, { url, tls }: CollectorEndpoint): string {
  const key = `otel.${EXPORTER_KEYS[signal]}`;
  const exporter = {
    "otlp-http": {
      endpoint: url,
      protocol: "json",
      ...(tls ? { tls: tlsTable(tls) } : {}),
    },
  };
  return `${key}=${toTomlValue(exporter, key)}`;
}

function tlsTable({ caFile, certFile, keyFile }: NonNullable<CollectorEndpoint["tls"]>) {
  return {
    "ca-certificate": caFile,
    "client-certificate": certFile,
    "client-private-key": keyFile,
  };
}

/**
 * Each signal has its own variable: what is meant for all would also go with a signal that goes
 * elsewhere, such as the CLI's metrics, which go to its vendor by default.
 */
function headerVariables(joined: [ExportSignal, CollectorEndpoint][]): Record<string, string> {
  const texts = joined.map(([signal, { headers }]) => [signal, headerText(headers)] as const);
  return Object.fromEntries(
    texts.filter(([, text]) => text !== "").map(([signal, text]) => [
      `OTEL_EXPORTER_OTLP_${signal.toUpperCase()}_HEADERS`,
      text,
    ]),
  );
}

function headerText(headers: Readonly<Record<string, string>>): string {
  return Object.entries(headers)
    .map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
    .join(",");
}

/**
 * The CLI (0.169) does not decode the values: only what would break the list is encoded. Its
 * `service.name` and what it says of its SDK are its own.
 */
function resourceVariable(resource: Readonly<Record<string, string>>): Record<string, string> {
  const pairs = Object.entries(resource)
    .filter(([name]) => name !== "service.name" && !name.startsWith("telemetry."))
    .map(([name, value]) => `${escapeListed(name)}=${escapeListed(value)}`);
  return pairs.length === 0 ? {} : { OTEL_RESOURCE_ATTRIBUTES: pairs.join(",") };
}

function escapeListed(text: string): string {
  // deno-lint-ignore no-control-regex
  return text.replace(/[,;%\x00-\x1f\x7f]/g, (char) => {
    return `%${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`;
  });
}

function samplerVariables(sampler: CliExportOptions["sampler"]): Record<string, string> {
  if (sampler === undefined) return {};
  if (typeof sampler === "string") return { OTEL_TRACES_SAMPLER: sampler };
  return { OTEL_TRACES_SAMPLER: "traceidratio", OTEL_TRACES_SAMPLER_ARG: String(sampler) };
}
