/**
 * From options and environment to settings: `configure()` options, then `CODEX_OTLP_*`, then the
 * standard `OTEL_*` variables, then defaults.
 * @module
 */
import type { Attributes } from "@opentelemetry/api";
import type { ExportSignal } from "../events/catalogue.ts";
import { parseTemporality, type TemporalityPreference } from "../otlp/temporality.ts";
import { VERSION } from "../version.ts";
import { contentSettings } from "./content.ts";
import { defined } from "./defined.ts";
import {
  collectorFinder,
  logDestination,
  metricDestination,
  type Sources,
  traceDestination,
} from "./destinations.ts";
import {
  parseList,
  parseResourceAttributes,
  parseSwitch,
  readVariable,
  variablesOf,
} from "./env_values.ts";
import type { ConfigureOptions, ProcessorName, SemconvMode } from "./options.ts";
import { createRedactor } from "./redact.ts";
import { samplerSetting } from "./sampler_setting.ts";
import type { ResolvedSettings, Settings } from "./settings.ts";
import { spanLimits } from "./span_limits.ts";

/** Specification, "Periodic exporting MetricReader". */
const DEFAULT_METRIC_INTERVAL_MS = 60_000;

const SIGNALS: readonly ExportSignal[] = ["traces", "metrics", "logs"];

/**
 * Decides everything there is to decide. Pure: reads no file, opens no connection.
 * @throws {CodexError} `telemetry_config` for an endpoint that cannot be used.
 */
export function resolveSettings(options: ConfigureOptions, bindings: object): ResolvedSettings {
  const warnings: string[] = [];
  const settings = chooseSettings({ options, env: variablesOf(bindings), warnings });
  return { ...(settings ? { settings } : {}), warnings: [...new Set(warnings)] };
}

function chooseSettings(sources: Sources): Settings | undefined {
  if (!isEnabled(sources)) return undefined;
  const { options, env, warnings } = sources;
  const destinations = chooseDestinations(sources);
  const signals = SIGNALS.filter((signal) => destinations[signal] !== undefined);
  if (signals.length === 0) return undefined;
  return {
    ...destinations,
    signals,
    collectorOf: collectorFinder(sources, destinations),
    processor: chooseProcessor(sources),
    sampler: options.sampler ?? samplerSetting(env, warnings),
    spanLimits: spanLimits(env, warnings),
    metricIntervalMs: chooseMetricInterval(sources),
    temporality: chooseTemporality(sources),
    resource: chooseResource(sources),
    semconv: chooseSemconv(sources),
    content: contentSettings(sources),
    redact: createRedactor(options.redact),
  };
}

/** The operator's "no" wins over the program's "yes". */
function isEnabled({ options, env, warnings }: Sources): boolean {
  if (options.enabled === false) return false;
  const disabled = readVariable(env, "OTEL_SDK_DISABLED")?.toLowerCase() ?? "false";
  if (disabled === "true") return false;
  if (disabled !== "false") {
    warnings.push("OTEL_SDK_DISABLED is neither true nor false and is ignored.");
  }
  const text = readVariable(env, "CODEX_OTLP_ENABLE");
  const enabled = parseSwitch(text);
  if (text !== undefined && enabled === undefined) {
    warnings.push("CODEX_OTLP_ENABLE is neither on nor off and is ignored.");
  }
  return enabled ?? options.enabled ?? false;
}

function chooseDestinations(sources: Sources): Pick<Settings, ExportSignal> {
  const wanted = SIGNALS.filter((signal) => isWanted(signal, sources));
  return defined({
    traces: wanted.includes("traces") ? traceDestination(sources) : undefined,
    metrics: wanted.includes("metrics") ? metricDestination(sources) : undefined,
    logs: wanted.includes("logs") ? logDestination(sources) : undefined,
  });
}

/** Traces by default, the others where they are asked for. */
function isWanted(signal: ExportSignal, { options, env, warnings }: Sources): boolean {
  if (options.signals) return options.signals.includes(signal);
  if (signal === "metrics" && options.meterProvider) return true;
  if (signal === "logs" && options.loggerProvider) return true;
  const variable = `OTEL_${signal.toUpperCase()}_EXPORTER`;
  const names = parseList(env[variable]);
  const fallback = signal === "traces";
  if (names.length === 0) return fallback;
  if (names.includes("otlp")) return true;
  if (names.includes("none")) return false;
  const instead = fallback ? "otlp" : "none";
  warnings.push(`${variable} names no exporter of this package; ${instead} is used.`);
  return fallback;
}

function chooseProcessor({ options, env, warnings }: Sources): ProcessorName {
  if (options.processor) return options.processor;
  const name = readVariable(env, "CODEX_OTLP_PROCESSOR")?.toLowerCase();
  if (name === "batch" || name === "simple" || name === undefined) return name ?? "simple";
  warnings.push("CODEX_OTLP_PROCESSOR is neither simple nor batch; simple is used.");
  return "simple";
}

function chooseMetricInterval({ options, env, warnings }: Sources): number {
  if (options.metricIntervalMs) return options.metricIntervalMs;
  const text = readVariable(env, "OTEL_METRIC_EXPORT_INTERVAL");
  if (text === undefined) return DEFAULT_METRIC_INTERVAL_MS;
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  warnings.push("OTEL_METRIC_EXPORT_INTERVAL is no number of milliseconds; 60000 is used.");
  return DEFAULT_METRIC_INTERVAL_MS;
}

function chooseTemporality({ env, warnings }: Sources): TemporalityPreference {
  const variable = "OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE";
  const text = readVariable(env, variable);
  const preference = parseTemporality(text ?? "cumulative");
  if (preference === undefined) warnings.push(`${variable} is not known; cumulative is used.`);
  return preference ?? "cumulative";
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
