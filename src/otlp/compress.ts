import { warn } from "./observer.ts";
import type { Gzip } from "./ports.ts";
import type { Payload } from "./send_result.ts";

/** Bodies up to this many bytes gain nothing by gzip. */
export const MIN_GZIP_BYTES = 1024;

/**
 * Compresses a body if it is large enough. Without a `gzip`, or where that fails, the body stays as
 * it is.
 */
export async function compress(
  bytes: Uint8Array<ArrayBuffer>,
  gzip: Gzip | undefined,
): Promise<Payload> {
  if (!gzip || bytes.byteLength <= MIN_GZIP_BYTES) return { bytes, gzip: false };
  try {
    return { bytes: await gzip(bytes), gzip: true };
  } catch {
    warn("OTLP: a request is sent uncompressed, because gzip failed.");
    return { bytes, gzip: false };
  }
}

/** The platform's way to compress, its own or the web's; `undefined` where it has none. */
export function chooseGzip(own: Gzip | undefined): Gzip | undefined {
  return own ?? (typeof CompressionStream === "undefined" ? undefined : streamGzip);
}

/** Written and read by hand: `Blob`, `pipeThrough` and `Response` double the CPU time on Node 20. */
async function streamGzip(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  const { readable, writable } = new CompressionStream("gzip");
  const writer = writable.getWriter();
  const written = Promise.all([writer.write(bytes), writer.close()]);
  const parts: Uint8Array[] = [];
  const reader = readable.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    parts.push(value);
  }
  await written;
  return join(parts);
}

function join(parts: Uint8Array[]): Uint8Array<ArrayBuffer> {
  const length = parts.reduce((sum, part) => sum + part.byteLength, 0);
  const whole = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.byteLength;
  }
  return whole;
}
