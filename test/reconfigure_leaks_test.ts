/** What `configure()`, called again and again, leaves behind: nothing. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createTelemetry } from "../mod.ts";
import { until } from "./otlp/helpers.ts";
import { ScriptedCollector } from "./otlp/scripted_collector.ts";
import { pem, tlsPath } from "./otlp/tls_files.ts";
import { Scenario } from "./telemetry/scenario.ts";

const TIMES = 10;
const GENEROUS = { timeout: 60_000 };

/** Timers that the process has set; undefined where the runtime does not tell. */
function timers(): number | undefined {
  if (process.versions["bun"] || process.versions["deno"]) return undefined;
  return process.getActiveResourcesInfo().filter((name) => name === "Timeout").length;
}

const SERVERS = {
  "HTTP": () => new ScriptedCollector(),
  "mTLS": () =>
    new ScriptedCollector({ cert: pem("server.crt"), key: pem("server.key"), ca: pem("ca.crt") }),
};

describe("configure() ten times", () => {
  for (const [name, create] of Object.entries(SERVERS)) {
    it(`leaves no socket, timer or handler, and loses no span (${name})`, GENEROUS, async () => {
      await using collector = await create().listen();
      const telemetry = createTelemetry();
      const [certFile, keyFile, caFile] = ["client.crt", "client.key", "ca.crt"].map(tlsPath);
      const tls = { certFile: certFile!, keyFile: keyFile!, caFile: caFile! };
      const before = timers();
      let runs = 0;
      for (let time = 0; time < TIMES; time++) {
        await telemetry.configure({
          ...{ enabled: true, env: {}, endpoint: collector.url },
          ...{ signals: ["traces", "metrics", "logs"], ...(name === "mTLS" ? { tls } : {}) },
          processor: time % 2 === 0 ? "simple" : "batch",
        });
        for (let i = 0; i < 20; i++) {
          new Scenario(telemetry, { span_token: `run-${runs++}` }).start().at(10).stop(10);
        }
      }
      const { spans } = await telemetry.shutdown();
      assert.deepEqual([spans.queued, spans.dropped], [0, 0]);
      assert.equal(collector.distinct, runs);
      assert.equal(collector.duplicates, 0);
      assert.deepEqual(telemetry.handlers(), []);
      // Bun and Deno (without certificates) have one pool for the process: what is idle there is
      // used again, so it does not grow with each pipeline. Three signals send at once.
      const isPooled = process.versions["bun"] || process.versions["deno"] && name === "HTTP";
      if (isPooled) assert.ok(collector.connections <= 24, `${collector.connections} connections`);
      else await until(() => collector.connections === 0);
      assert.equal(timers(), before);
    });
  }
});
