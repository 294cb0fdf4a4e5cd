import { VERSION } from "../version.ts";
import { DEFAULT_BACKOFF } from "./backoff.ts";
import { systemClock } from "./clock.ts";
import { chooseGzip } from "./compress.ts";
import type { Codec } from "./encode.ts";
import { DEFAULT_BASE_URL, parseEndpoint, signalUrl, splitCredentials } from "./endpoint.ts";
import { type EnvironmentSettings, environmentSettings } from "./environment.ts";
import type { ExportPipeline, PipelineKind } from "./export_pipeline.ts";
import { FetchTransport } from "./fetch_transport.ts";
import { HeaderSource } from "./header_source.ts";
import { warn } from "./observer.ts";
import type { HeaderOption, OtlpExporterOptions } from "./options.ts";
import { PlainFetch } from "./plain_fetch.ts";
import type { Fetch, TlsOptions, TlsPort } from "./ports.ts";

const MIB = 1024 * 1024;

/**
 * Puts the parts together for one signal: options first, then the environment, then defaults.
 * @throws {TypeError} for an option that cannot be used.
 */
export function createPipeline<Item>(
  codec: Codec<Item>,
  options: OtlpExporterOptions,
  kind: PipelineKind,
): ExportPipeline<Item> {
  checkForeign(options);
  const env = environmentSettings(options.platform?.env?.() ?? {}, codec.signal);
  for (const warning of env.warnings) warn(`OTLP ${codec.signal}: ${warning}`);
  const clock = options.clock ?? systemClock;
  const endpoint = chooseEndpoint(
    options.url ?? env.url ?? signalUrl(DEFAULT_BASE_URL, codec.signal)!,
  );
  const compression = options.compression ?? env.compression ?? "gzip";
  const connector = chooseFetch(options, env);
  const transport = new FetchTransport({
    url: endpoint.url,
    signal: codec.signal,
    headers: new HeaderSource(chooseHeaders(options.headers, env), kind),
    fixedHeaders: {
      "user-agent": [options.userAgent, `codex-otel/${VERSION}`].filter(Boolean).join(" "),
      ...(endpoint.authorization ? { authorization: endpoint.authorization } : {}),
    },
    timeoutMs: positive("timeoutMillis", options.timeoutMillis ?? env.timeoutMillis, 10_000),
    connect: () => connector.connect(),
    clock,
    secrets: endpoint.secrets,
  });
  const { queueBytes, flushMs } = kind;
  return kind.create({
    codec,
    clock,
    close: () => connector.close(),
    send: (attempt) => transport.send(attempt),
    backoff: options.backoff ?? DEFAULT_BACKOFF,
    observer: options.observer ?? {},
    gzip: compression === "gzip" ? chooseGzip(options.platform?.gzip) : undefined,
    concurrency: positive("concurrencyLimit", options.concurrencyLimit, 8),
    maxQueueBytes: positive("maxQueueBytes", options.maxQueueBytes, queueBytes),
    maxRequestBytes: positive("maxRequestBytes", options.maxRequestBytes, 64 * MIB),
    shutdownTimeoutMs: positive("shutdownTimeoutMillis", options.shutdownTimeoutMillis, flushMs),
    dropIntervalMs: positive("dropIntervalMillis", options.dropIntervalMillis, 10_000),
  });
}

/** What would be passed over in silence, and with it perhaps a certificate. */
function checkForeign(options: OtlpExporterOptions): void {
  if ("httpAgentOptions" in options) {
    throw new TypeError("httpAgentOptions cannot be used here: give certificates by tls.");
  }
  const { compression = "none" } = options;
  if (compression !== "gzip" && compression !== "none") {
    throw new TypeError("compression must be gzip or none.");
  }
}

interface Endpoint {
  url: string;
  authorization?: string;
  secrets: string[];
}

function chooseEndpoint(text: string): Endpoint {
  const url = parseEndpoint(text);
  if (!url) throw new TypeError("The exporter's url must be an http: or https: URL.");
  const secrets = [url.password, ...url.searchParams.values()].filter((value) => value !== "");
  return { ...splitCredentials(url), secrets };
}

function chooseHeaders(option: HeaderOption = {}, env: EnvironmentSettings): HeaderOption {
  if (typeof option !== "function") return { ...env.headers, ...lowerNames(option) };
  return async () => ({ ...env.headers, ...lowerNames(await option()) });
}

function lowerNames(headers: Record<string, string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]),
  );
}

interface Connector {
  connect(): Fetch | Promise<Fetch>;
  close(): void;
}

function chooseFetch(options: OtlpExporterOptions, env: EnvironmentSettings): Connector {
  const tls: TlsOptions = { ...env.tls, ...options.tls };
  const isPlain = Object.values(tls).every((value) => value === undefined);
  if (options.fetch && !isPlain) {
    throw new TypeError("Give an exporter either fetch or tls, not both.");
  }
  const { fetch, platform } = options;
  if (fetch) return { connect: () => fetch, close: () => {} };
  return isPlain ? new PlainFetch(platform?.http) : onDemand(tls, platform?.tls);
}

/** Most exporters have no certificates, and load nothing of TLS. */
function onDemand(tls: TlsOptions, port: (() => Promise<TlsPort>) | undefined): Connector {
  let loading: Promise<Connector> | undefined;
  const load = async () => new (await import("./tls_fetch.ts")).TlsFetch(tls, port);
  return {
    connect: async () => await (await (loading ??= load())).connect(),
    close: () => void loading?.then((fetch) => fetch.close(), () => {}),
  };
}

function positive(name: string, value: number | undefined, fallback: number): number {
  if (value === undefined) return fallback;
  if (typeof value === "number" && Number.isFinite(value) && value > 0) return value;
  throw new TypeError(`${name} must be a number above 0.`);
}
