/**
 * From options and environment to settings: `configure()` options, then `CODEX_OTLP_*`, then the
 * standard `OTEL_*` variables, then defaults.
 * @module
 */
import type { Attributes } from "@opentelemetry/api";
import { CodexError } from "../errors.ts";
import type { ExportSignal } from "../events/catalogue.ts";
import { DEFAULT_BASE_URL, signalUrl } from "../otlp/endpoint.ts";
import { type EnvironmentSettings, environmentSettings } from "../otlp/environment.ts";
import { parseHeaders } from "../otlp/headers.ts";
import type { OtlpExporterOptions } from "../otlp/options.ts";
import type { TlsFiles, TlsOptions } from "../otlp/ports.ts";
import { VERSION } from "../version.ts";
import { contentSettings } from "./content.ts";
import { defined } from "./defined.ts";
import {
  type Environment,
  parseList,
  parseResourceAttributes,
  parseSwitch,
  readVariable,
} from "./env_values.ts";
import type { ConfigureOptions, ProcessorName, SemconvMode } from "./options.ts";
import { createRedactor } from "./redact.ts";
import { samplerSetting } from "./sampler_setting.ts";
import type { Destination, OtlpTarget, ResolvedSettings } from "./settings.ts";

/** What the rules look at, and where their warnings go. */
interface Sources {
  options: ConfigureOptions;
  env: Environment;
  warnings: string[];
}

/**
 * Decides everything there is to decide. Pure: reads no file, opens no connection.
 * @throws {CodexError} `telemetry_config` for an endpoint that cannot be used.
 */
export function resolveSettings(options: ConfigureOptions, env: Environment): ResolvedSettings {
  const warnings: string[] = [];
  const sources: Sources = { options, env, warnings };
  if (!isEnabled(sources)) return { warnings };
  const signals = chooseSignals(sources);
  if (signals.length === 0) return { warnings };
  const settings = {
    destination: chooseDestination(sources),
    signals,
    processor: chooseProcessor(sources),
    sampler: options.sampler ?? samplerSetting(env, warnings),
    resource: chooseResource(sources),
    semconv: chooseSemconv(sources),
    content: contentSettings(options.content, env),
    redact: createRedactor(options.redact),
  };
  return { settings, warnings };
}

/** The operator's "no" wins over the program's "yes". */
function isEnabled({ options, env, warnings }: Sources): boolean {
  if (options.enabled === false) return false;
  if (readVariable(env, "OTEL_SDK_DISABLED")?.toLowerCase() === "true") return false;
  const text = readVariable(env, "CODEX_OTLP_ENABLE");
  const enabled = parseSwitch(text);
  if (text !== undefined && enabled === undefined) {
    warnings.push("CODEX_OTLP_ENABLE is neither on nor off and is ignored.");
  }
  return enabled ?? options.enabled ?? false;
}

function chooseSignals({ env, warnings }: Sources): ExportSignal[] {
  const names = parseList(env["OTEL_TRACES_EXPORTER"]);
  if (names.length === 0 || names.includes("otlp")) return ["traces"];
  if (names.includes("none")) return [];
  warnings.push("OTEL_TRACES_EXPORTER names no exporter of this package; otlp is used.");
  return ["traces"];
}

function chooseDestination(sources: Sources): Destination {
  const { options, env } = sources;
  if (options.tracerProvider) return { kind: "provider", provider: options.tracerProvider };
  if (options.useGlobal) return { kind: "provider", provider: "global" };
  if (options.exporter) return { kind: "exporter", exporter: options.exporter };
  const endpoint = options.endpoint ?? readVariable(env, "CODEX_OTLP_ENDPOINT");
  if (endpoint !== undefined && /^(pid|memory):\/\//i.test(endpoint)) {
    return { kind: "memory", endpoint: endpoint.toLowerCase() };
  }
  return { kind: "otlp", traces: chooseTarget(endpoint, sources) };
}

function chooseTarget(endpoint: string | undefined, sources: Sources): OtlpTarget {
  const { options, env, warnings } = sources;
  const standard = environmentSettings(env, "traces");
  warnings.push(...standard.warnings);
  const tls = chooseTls(sources, standard);
  return {
    url: endpoint === undefined
      ? standard.url ?? signalUrl(DEFAULT_BASE_URL, "traces")!
      : usableUrl(endpoint, options.endpoint === undefined ? "CODEX_OTLP_ENDPOINT" : "endpoint"),
    options: defined({
      headers: chooseHeaders(sources, standard),
      timeoutMillis: options.timeoutMs ?? standard.timeoutMillis,
      compression: options.compression ?? standard.compression,
      maxQueueBytes: options.maxQueueBytes,
      fetch: options.fetch,
      tls: Object.keys(tls).length > 0 ? tls : undefined,
    }),
  };
}

function usableUrl(endpoint: string, setting: string): string {
  const url = signalUrl(endpoint, "traces");
  if (url !== undefined) return url;
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

function chooseProcessor({ options, env, warnings }: Sources): ProcessorName {
  if (options.processor) return options.processor;
  const name = readVariable(env, "CODEX_OTLP_PROCESSOR")?.toLowerCase();
  if (name === "batch" || name === "simple" || name === undefined) return name ?? "simple";
  warnings.push("CODEX_OTLP_PROCESSOR is neither simple nor batch; simple is used.");
  return "simple";
}

function chooseResource({ options, env, warnings }: Sources): Attributes {
  const text = readVariable(env, "OTEL_RESOURCE_ATTRIBUTES");
  const attributes = text === undefined ? {} : parseResourceAttributes(text);
  if (!attributes) warnings.push("OTEL_RESOURCE_ATTRIBUTES is malformed and is ignored.");
  const serviceName = readVariable(env, "OTEL_SERVICE_NAME");
  return {
    "service.name": "codex-otel",
    "telemetry.distro.name": "@codex-otel/sdk",
    "telemetry.distro.version": VERSION,
    ...attributes,
    ...(serviceName === undefined ? {} : { "service.name": serviceName }),
    ...options.resource,
  };
}

function chooseSemconv({ options, env }: Sources): SemconvMode {
  if (options.semconv) return options.semconv;
  const optIn = parseList(env["OTEL_SEMCONV_STABILITY_OPT_IN"]);
  return optIn.includes("gen_ai_latest_experimental") ? "gen_ai_latest_experimental" : "default";
}
