/**
 * The collector, as the CLI is told of it.
 * @module
 */
import type { Attributes } from "@opentelemetry/api";
import { CodexError } from "../errors.ts";
import type { ExportSignal } from "../events/catalogue.ts";
import type { CollectorEndpoint, CollectorFacts } from "../events/sink.ts";
import { splitCredentials } from "../otlp/endpoint.ts";
import { checkHeaders } from "../otlp/headers.ts";
import type { HeaderOption, HeaderRecord } from "../otlp/options.ts";
import type { TlsOptions } from "../otlp/ports.ts";
import { defined } from "./defined.ts";
import type { OtlpTarget, Settings } from "./settings.ts";
import { maskAttributes } from "./spans/mask.ts";

const SIGNALS: readonly ExportSignal[] = ["traces", "metrics", "logs"];

/**
 * What another program needs in order to export to the same collector; undefined where nothing of
 * ours goes to one. Rejects with what a function of the user's for headers throws.
 * @throws {CodexError} `unsupported` for certificates that are no files, and for a URL with a query,
 * which may be a secret and would end on a command line.
 */
export async function collectorFacts(settings: Settings): Promise<CollectorFacts | undefined> {
  const targets = SIGNALS.map((signal) => [signal, settings.collectorOf(signal)] as const);
  if (targets.every(([, target]) => target === undefined)) return undefined;
  const ask = onceEach();
  const endpoints: Partial<Record<ExportSignal, CollectorEndpoint>> = {};
  for (const [signal, target] of targets) {
    if (target) endpoints[signal] = await endpointOf(target, ask);
  }
  return { endpoints, resource: textsOf(maskAttributes(settings.resource, settings.redact)) };
}

type Ask = (headers: HeaderOption | undefined) => Promise<HeaderRecord>;

/** The signals mostly share a function for headers: it is asked once, and not for each. */
function onceEach(): Ask {
  const answers = new Map<HeaderOption, HeaderRecord>();
  return async (headers = {}) => {
    const known = answers.get(headers);
    if (known) return known;
    const answer = checkHeaders(typeof headers === "function" ? await headers() : headers);
    answers.set(headers, answer);
    return answer;
  };
}

async function endpointOf({ url, options }: OtlpTarget, ask: Ask): Promise<CollectorEndpoint> {
  const parsed = new URL(url);
  if (parsed.search !== "") {
    throw unsupported("The collector's URL has a query, which may hold a secret: use a header.");
  }
  const { url: bare, authorization } = splitCredentials(parsed);
  const tls = filesOf(options.tls);
  return {
    url: bare,
    headers: { ...(authorization ? { authorization } : {}), ...await ask(options.headers) },
    ...(tls ? { tls } : {}),
  };
}

function filesOf(tls: TlsOptions | undefined): CollectorEndpoint["tls"] {
  if (!tls) return undefined;
  if (tls.ca ?? tls.cert ?? tls.key) {
    throw unsupported("The collector's certificates are given as texts: give them as files.");
  }
  const { caFile, certFile, keyFile } = tls;
  return defined({ caFile, certFile, keyFile });
}

function unsupported(why: string): CodexError<"unsupported"> {
  const message = `The CLI cannot be told how to reach the collector. ${why}`;
  return new CodexError("unsupported", message, { details: { feature: "CodexOptions.cli" } });
}

function textsOf(attributes: Attributes): Record<string, string> {
  const given = Object.entries(attributes).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given.map(([name, value]) => [name, String(value)]));
}
