/**
 * Where each signal goes, from options and environment.
 * @module
 */
import { CodexError } from "../errors.ts";
import type { ExportSignal } from "../events/catalogue.ts";
import { DEFAULT_BASE_URL, signalUrl } from "../otlp/endpoint.ts";
import { type EnvironmentSettings, environmentSettings } from "../otlp/environment.ts";
import { parseHeaders } from "../otlp/headers.ts";
import type { OtlpExporterOptions } from "../otlp/options.ts";
import type { TlsFiles, TlsOptions } from "../otlp/ports.ts";
import { defined } from "./defined.ts";
import { type Environment, readVariable } from "./env_values.ts";
import type { ConfigureOptions } from "./options.ts";
import type {
  LogDestination,
  MetricDestination,
  OtlpDestination,
  Settings,
  TraceDestination,
} from "./settings.ts";

/** What the rules look at, and where their warnings go. */
export interface Sources {
  options: ConfigureOptions;
  env: Environment;
  warnings: string[];
}

/**
 * Where spans go: the host's provider, a given exporter, memory, or a collector.
 * @throws {CodexError} `telemetry_config` for an endpoint that cannot be used.
 */
export function traceDestination(sources: Sources): TraceDestination {
  const { options } = sources;
  if (options.tracerProvider) return { kind: "provider", provider: options.tracerProvider };
  if (options.useGlobal) return { kind: "provider", provider: "global" };
  if (options.exporter) return { kind: "exporter", exporter: options.exporter };
  const endpoint = memoryEndpoint(sources);
  return endpoint === undefined ? collector("traces", sources) : { kind: "memory", endpoint };
}

/**
 * Where metrics go. Undefined where there is only memory, which keeps spans alone.
 * @throws {CodexError} `telemetry_config` for an endpoint that cannot be used.
 */
export function metricDestination(sources: Sources): MetricDestination | undefined {
  const { options } = sources;
  if (options.meterProvider) return { kind: "provider", provider: options.meterProvider };
  if (options.useGlobal) return { kind: "provider", provider: "global" };
  return collectorUnlessMemory("metrics", sources);
}

/**
 * Where log records go. Undefined where there is only memory, which keeps spans alone.
 * @throws {CodexError} `telemetry_config` for an endpoint that cannot be used.
 */
export function logDestination(sources: Sources): LogDestination | undefined {
  const { loggerProvider } = sources.options;
  if (loggerProvider) return { kind: "provider", provider: loggerProvider };
  return collectorUnlessMemory("logs", sources);
}

/**
 * The collector for any signal, exported or not, where anything is exported to one.
 * @throws {CodexError} `telemetry_config` for an endpoint that cannot be used.
 */
export function collectorFinder(
  sources: Sources,
  destinations: Pick<Settings, ExportSignal>,
): Settings["collectorOf"] {
  const { traces, metrics, logs } = destinations;
  const used = { traces, metrics, logs };
  const hasCollector = Object.values(used).some((destination) => destination?.kind === "otlp");
  return (signal) => {
    const destination = used[signal];
    if (destination?.kind === "otlp") return destination.target;
    // What is wrong with a signal that is not exported is nobody's concern until it is asked for.
    return hasCollector ? collector(signal, { ...sources, warnings: [] }).target : undefined;
  };
}

function collectorUnlessMemory(
  signal: ExportSignal,
  sources: Sources,
): OtlpDestination | undefined {
  if (memoryEndpoint(sources) === undefined) return collector(signal, sources);
  sources.warnings.push(`The memory endpoint keeps spans only; there are no ${signal}.`);
  return undefined;
}

function memoryEndpoint({ options, env }: Sources): string | undefined {
  const endpoint = options.endpoint ?? readVariable(env, "CODEX_OTLP_ENDPOINT");
  return endpoint !== undefined && /^(pid|memory):\/\//i.test(endpoint)
    ? endpoint.toLowerCase()
    : undefined;
}

function collector(signal: ExportSignal, sources: Sources): OtlpDestination {
  const { options, env, warnings } = sources;
  const standard = environmentSettings(env, signal);
  warnings.push(...standard.warnings);
  const tls = chooseTls(sources, standard);
  const target = {
    url: chooseUrl(signal, { sources, standard }),
    options: defined({
      headers: chooseHeaders(sources, standard),
      timeoutMillis: options.timeoutMs ?? standard.timeoutMillis,
      compression: options.compression ?? standard.compression,
      maxQueueBytes: options.maxQueueBytes,
      fetch: options.fetch,
      tls: Object.keys(tls).length > 0 ? tls : undefined,
    }),
  };
  return { kind: "otlp", target };
}

function chooseUrl(
  signal: ExportSignal,
  { sources, standard }: { sources: Sources; standard: EnvironmentSettings },
): string {
  const { options, env } = sources;
  const endpoint = options.endpoint ?? readVariable(env, "CODEX_OTLP_ENDPOINT");
  if (endpoint === undefined) return standard.url ?? signalUrl(DEFAULT_BASE_URL, signal)!;
  const url = signalUrl(endpoint, signal);
  if (url !== undefined) return url;
  const setting = options.endpoint === undefined ? "CODEX_OTLP_ENDPOINT" : "endpoint";
  throw new CodexError(
    "telemetry_config",
    `${setting} is no http: or https: URL (nor pid://local), so there is nowhere to export to.`,
    { details: { setting } },
  );
}

function chooseHeaders(
  { options, env, warnings }: Sources,
  standard: EnvironmentSettings,
): NonNullable<OtlpExporterOptions["headers"]> {
  if (options.headers) return options.headers;
  const text = readVariable(env, "CODEX_OTLP_HEADERS");
  if (text === undefined) return standard.headers;
  const { headers, invalid } = parseHeaders(text);
  for (const name of invalid) warnings.push(`CODEX_OTLP_HEADERS: the header ${name} is not valid.`);
  return headers;
}

/** The parts belong together: a certificate of one source with the key of another cannot work. */
function chooseTls({ options, env }: Sources, standard: EnvironmentSettings): TlsOptions {
  if (options.tls) return options.tls;
  const files: TlsFiles = defined({
    certFile: readVariable(env, "CODEX_OTLP_CERTFILE"),
    keyFile: readVariable(env, "CODEX_OTLP_KEYFILE"),
    caFile: readVariable(env, "CODEX_OTLP_CACERTFILE") ??
      readVariable(env, "CODEX_OTLP_CA_CERTFILE"),
  });
  return Object.keys(files).length > 0 ? files : standard.tls;
}
