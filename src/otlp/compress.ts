import type { Compression } from "./options.ts";
import type { Payload } from "./send_result.ts";

/** Bodies up to this many bytes gain nothing by gzip. */
export const MIN_GZIP_BYTES = 1024;

/** Compresses a body by the platform's `CompressionStream`, if it is large enough. */
export async function compress(
  bytes: Uint8Array<ArrayBuffer>,
  compression: Compression,
): Promise<Payload> {
  const able = typeof CompressionStream !== "undefined";
  if (compression === "none" || bytes.byteLength <= MIN_GZIP_BYTES || !able) {
    return { bytes, gzip: false };
  }
  const stream = new Blob([bytes]).stream().pipeThrough(new CompressionStream("gzip"));
  return { bytes: new Uint8Array(await new Response(stream).arrayBuffer()), gzip: true };
}
