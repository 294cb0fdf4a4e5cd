/**
 * Where a signal goes.
 * @module
 */
import type { Signal } from "./signal.ts";

/** OTLP specification, "OTLP/HTTP default port". */
export const DEFAULT_BASE_URL = "http://localhost:4318";

const SIGNAL_PATH = /\/v1\/(traces|metrics|logs)\/?$/;

/**
 * Gives the URL of a signal from a base URL (`/v1/<signal>` is appended, as the specification
 * has it), or from a URL that already ends in a signal's path: the other signals then go to its
 * siblings. A query string stays. `undefined` for what is no `http:` or `https:` URL.
 */
export function signalUrl(endpoint: string, signal: Signal): string | undefined {
  const url = parseEndpoint(endpoint);
  if (!url) return undefined;
  const base = url.pathname.replace(SIGNAL_PATH, "").replace(/\/+$/, "");
  url.pathname = `${base}/v1/${signal}`;
  return url.href;
}

/** Reads an endpoint. `undefined` for what is no `http:` or `https:` URL. */
export function parseEndpoint(endpoint: string): URL | undefined {
  const text = endpoint.trim();
  if (!/^https?:\/\//i.test(text) || !URL.canParse(text)) return undefined;
  return new URL(text);
}

/** Splits the credentials of a URL off, which `fetch` refuses, into an `authorization` header. */
export function splitCredentials(url: URL): { url: string; authorization?: string } {
  if (url.username === "" && url.password === "") return { url: url.href };
  const bytes = new TextEncoder().encode(`${unescape(url.username)}:${unescape(url.password)}`);
  const bare = new URL(url);
  bare.username = "";
  bare.password = "";
  return { url: bare.href, authorization: `Basic ${btoa(String.fromCharCode(...bytes))}` };
}

/** A URL as it may be shown: without credentials, query and fragment. */
export function displayUrl(url: string): string {
  const { origin, pathname } = new URL(url);
  return `${origin}${pathname}`;
}

function unescape(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
