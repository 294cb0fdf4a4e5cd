/**
 * Headers as text, as in `OTEL_EXPORTER_OTLP_HEADERS`.
 * @module
 */
import type { HeaderRecord } from "./options.ts";

/**
 * Reads `k=v` pairs separated by `,` or `;`. Only the first `=` splits, percent-escapes are
 * decoded, and a key alone has an empty value. Names are lower-cased. A pair that HTTP does not
 * allow is left out and its name told in `invalid`.
 */
export function parseHeaders(text: string): { headers: HeaderRecord; invalid: string[] } {
  const headers: HeaderRecord = {};
  const invalid: string[] = [];
  for (const pair of text.split(/[,;]/)) {
    if (pair.trim() === "") continue;
    const at = pair.indexOf("=");
    const name = decode(at < 0 ? pair : pair.slice(0, at)).trim().toLowerCase();
    const value = at < 0 ? "" : decode(pair.slice(at + 1)).trim();
    if (isHeader(name, value)) headers[name] = value;
    else invalid.push(isToken(name) ? name : "(not a header name)");
  }
  return { headers, invalid };
}

/**
 * Gives the headers with lower-case names.
 * @throws {TypeError} Names the first header that HTTP does not allow, never its value.
 */
export function checkHeaders(headers: HeaderRecord): HeaderRecord {
  const checked: HeaderRecord = {};
  for (const [name, value] of Object.entries(headers)) {
    if (typeof value !== "string" || !isHeader(name, value)) {
      const shown = isToken(name) ? `"${name}"` : "with an invalid name";
      throw new TypeError(
        `The header ${shown} cannot be sent: its name or value is not valid HTTP.`,
      );
    }
    checked[name.toLowerCase()] = value;
  }
  return checked;
}

/** RFC 9110, section 5.6.2. */
function isToken(name: string): boolean {
  return /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/.test(name);
}

/** RFC 9110, section 5.5; `fetch` takes nothing above U+00FF. */
function isHeader(name: string, value: string): boolean {
  return isToken(name) && /^[\t\x20-\x7e\x80-\xff]*$/.test(value);
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // A lone "%" is data.
  }
}
