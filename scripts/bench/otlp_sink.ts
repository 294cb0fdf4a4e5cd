/**
 * A collector for benchmarks, in a process of its own so that its work is not counted as ours.
 * Prints its port. `POST /v1/traces` counts spans, or answers 503 while told to; `GET /stats`
 * tells what came.
 */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import process from "node:process";
import { gunzipSync } from "node:zlib";

const ids = new Set<string>();
let bytes = 0;
let spans = 0;
let requests = 0;
let awayUntil = 0;

const server = createServer(async (request, response) => {
  const chunks: Uint8Array[] = [];
  for await (const chunk of request) chunks.push(chunk as Uint8Array);
  const url = new URL(request.url ?? "/", "http://sink");
  if (url.pathname === "/reset") {
    ids.clear();
    bytes = spans = requests = 0;
    awayUntil = Date.now() + Number(url.searchParams.get("away_ms") ?? 0);
    return response.end();
  }
  if (url.pathname === "/stats") {
    const stats = { bytes, requests, distinct: ids.size, duplicates: spans - ids.size };
    return response.end(JSON.stringify(stats));
  }
  requests++;
  if (Date.now() < awayUntil) return response.writeHead(503).end();
  const wire = Buffer.concat(chunks);
  bytes += wire.byteLength;
  const text = (request.headers["content-encoding"] === "gzip" ? gunzipSync(wire) : wire)
    .toString();
  for (const [, id] of text.matchAll(/"spanId":"([0-9a-f]{16})","name"/g)) {
    ids.add(id!);
    spans++;
  }
  response.writeHead(200, { "content-type": "application/json" }).end("{}");
});

server.listen(0, "127.0.0.1", () => console.log((server.address() as AddressInfo).port));
// Ends with the process that has started it.
process.stdin.resume().on("end", () => process.exit());
