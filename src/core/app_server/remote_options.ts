/**
 * Where a remote app-server is, as the options say it. Loaded with every `Codex`, so it leads to
 * nothing that connects.
 * @module
 */
import type { RemoteAppServer } from "../options.ts";
import type { ServerAddress } from "../turn_request.ts";

/**
 * Checks a remote app-server when a `Codex` is made.
 * @throws {TypeError} when it cannot be one.
 */
export function checkRemote(remote: RemoteAppServer): void {
  const url = URL.canParse(remote.url) ? new URL(remote.url) : undefined;
  if (url?.protocol !== "ws:" && url?.protocol !== "wss:") {
    throw new TypeError("transport.url must be a ws: or wss: URL.");
  }
  if (url.hash !== "") throw new TypeError("transport.url must have no fragment.");
  // The runtimes refuse others with messages that show them.
  if (remote.token !== undefined && !isHeaderValue(remote.token)) {
    throw new TypeError("transport.token must be a string of visible ASCII characters.");
  }
  for (const [name, value] of Object.entries(remote.headers ?? {})) {
    if (!HEADER_NAME.test(name) || !isHeaderValue(value)) {
      throw new TypeError(
        `transport.headers has a name or a value that HTTP cannot carry: ${name}.`,
      );
    }
  }
}

/** A token of RFC 9110, 5.6.2. */
const HEADER_NAME = /^[!#$%&'*+.^_`|~\w-]+$/;

function isHeaderValue(value: unknown): value is string {
  return typeof value === "string" && /^[\x21-\x7e]([\x20-\x7e]*[\x21-\x7e])?$/.test(value);
}

/** Where a URL leads to. */
export function serverAddress(url: string): ServerAddress {
  const { hostname, port, protocol } = new URL(url);
  return { host: hostname, port: Number(port) || (protocol === "wss:" ? 443 : 80) };
}

/** A URL as it may be shown. */
export function withoutCredentials(url: string): string {
  try {
    const { protocol, host, pathname } = new URL(url);
    return `${protocol}//${host}${pathname === "/" ? "" : pathname}`;
  } catch {
    return "an invalid URL";
  }
}
