/** Scripts that just end. They all run at once. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { ScriptedCollector } from "./scripted_collector.ts";
import { pem, tlsPath } from "./tls_files.ts";

const href = (path: string) => JSON.stringify(new URL(path, import.meta.url).href);

const IMPORTS = `
  import { createTelemetry } from ${href("../../mod.ts")};
  import * as otlp from ${href("../../src/otlp/mod.ts")};
  import { exported, finishedSpans } from ${href("./helpers.ts")};
  import { Scenario } from ${href("../telemetry/scenario.ts")};
`;

const GENEROUS = { timeout: 110_000 };

/** How this runtime runs a TypeScript file. */
function runArguments(file: string): string[] {
  if (process.versions["bun"]) return ["run", file];
  if (process.versions["deno"]) return ["run", "-A", "--no-check", file];
  return ["--import", "tsx", file];
}

interface Ended {
  code: number | null;
  output: string;
}

/** Within the project, so that a script finds its packages; nobody checks what is in here. */
const FOLDER = fileURLToPath(new URL("../../.cache/scripts/", import.meta.url));

let scripts = 0;

/** Runs a script of its own and gives its exit code and what it printed. */
async function run(body: string, env: Record<string, string> = {}): Promise<Ended> {
  const file = join(FOLDER, `exit_${process.pid}_${scripts++}.ts`);
  mkdirSync(FOLDER, { recursive: true });
  writeFileSync(file, `${IMPORTS}\n${body}`);
  try {
    const child = spawn(process.execPath, runArguments(file), {
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, ...env },
    });
    let output = "";
    child.stdout.on("data", (data) => output += data);
    child.stderr.on("data", (data) => output += data);
    const code = await new Promise<number | null>((resolve) => child.on("close", resolve));
    return { code, output };
  } finally {
    rmSync(file);
  }
}

const AWAY = "http://127.0.0.1:9";

/** Configures all signals and runs one turn, without a CLI. */
const configured = (endpoint: string, processor: string) => `
  const telemetry = createTelemetry();
  const signals = ["traces", "metrics", "logs"];
  await telemetry.configure({
    enabled: true, env: {}, endpoint: "${endpoint}", processor: "${processor}", signals,
  });
  new Scenario(telemetry, { span_token: "run" }).start().at(10).stop(10);
`;

/** What a script says at its end. */
const counts = (exporter: string) =>
  `{ const { exported, queued, dropped } = ${exporter};
     console.log("counts", exported, queued, dropped); }`;

type Case = (collectors: Collectors) => { body: string; says: RegExp };

/** Each with the requests of one script. */
interface Collectors {
  plain: ScriptedCollector;
  returning: ScriptedCollector;
  hanging: ScriptedCollector;
  secure: ScriptedCollector;
}

const CASES: Record<string, Case> = {
  "after a flush of spans": ({ plain }) => ({
    body: `
      const exporter = new otlp.OTLPTraceExporter({ url: "${plain.url}/v1/traces" });
      exporter.export(finishedSpans(5), () => {});
      await exporter.forceFlush();
      ${counts("exporter.stats()")}`,
    says: /counts 5 0 0/,
  }),
  "after a flush by mTLS": ({ secure }) => ({
    body: `
      const exporter = new otlp.OTLPTraceExporter({
        url: "${secure.url}/v1/traces",
        tls: ${
      JSON.stringify({
        certFile: tlsPath("client.crt"),
        keyFile: tlsPath("client.key"),
        caFile: tlsPath("ca.crt"),
      })
    },
      });
      exporter.export(finishedSpans(5), () => {});
      await exporter.forceFlush();
      ${counts("exporter.stats()")}`,
    says: /counts 5 0 0/,
  }),
  "while spans wait for a collector that is away": () => ({
    body: `
      const exporter = new otlp.OTLPTraceExporter({ url: "${AWAY}/v1/traces" });
      await exported(exporter, finishedSpans(5));
      ${counts("exporter.stats()")}`,
    says: /counts 0 5 0/,
  }),
  "when the time of a flush is up and the collector is away": () => ({
    body: `
      const exporter = new otlp.OTLPTraceExporter({ url: "${AWAY}/v1/traces" });
      exporter.export(finishedSpans(5), () => {});
      const { code } = await exporter.forceFlush({ timeoutMillis: 500 }).catch((error) => error);
      console.log(code);
      ${counts("exporter.stats()")}`,
    says: /export_incomplete\s+counts 0 5 0/,
  }),
  "after the timeout of a request that hangs": ({ hanging }) => ({
    body: `
      const exporter = new otlp.OTLPTraceExporter({
        url: "${hanging.url}/v1/traces", timeoutMillis: 1500,
      });
      await exported(exporter, finishedSpans(5));
      ${counts("exporter.stats()")}`,
    says: /counts 0 5 0/,
  }),
  "only when a shutdown has delivered to a collector that came back": ({ returning }) => ({
    body: `
      const exporter = new otlp.OTLPTraceExporter({ url: "${returning.url}/v1/traces" });
      exporter.export(finishedSpans(5), () => {});
      await exporter.shutdown();
      ${counts("exporter.stats()")}`,
    says: /counts 5 0 0/,
  }),
};
for (const processor of ["simple", "batch"]) {
  CASES[`after telemetry.flush() of all signals (${processor})`] = ({ plain }) => ({
    body: `${configured(plain.url, processor)}
      const { spans, lastError } = await telemetry.flush();
      console.log(lastError?.message);
      ${counts("spans")}`,
    says: /undefined\s+counts 1 0 0/,
  });
  CASES[`after telemetry.flush() of all signals to nobody, in time (${processor})`] = () => ({
    body: `${configured(AWAY, processor)}
      const { spans, lastError } = await telemetry.flush();
      console.log(lastError?.message);
      ${counts("spans")}`,
    says: /not delivered within 30000 ms.\s+counts 0 1 0/,
  });
  CASES[`without a flush, telemetry configured (${processor})`] = () => ({
    body: `${configured(AWAY, processor)}
      ${counts("telemetry.status().spans")}`,
    says: /counts 0 1 0/,
  });
}

describe("A script ends by itself", () => {
  const outcomes = new Map<string, Promise<Ended>>();
  const says = new Map<string, RegExp>();
  let collectors: Collectors;

  before(async () => {
    const [plain, returning, hanging] = await Promise.all(
      [0, 1, 2].map(() => new ScriptedCollector().listen()),
    );
    const tls = { cert: pem("server.crt"), key: pem("server.key"), ca: pem("ca.crt") };
    const secure = await new ScriptedCollector(tls).listen();
    collectors = { plain: plain!, returning: returning!, hanging: hanging!, secure };
    collectors.returning.script = ({ index }) => index < 1 ? { status: 503 } : undefined;
    collectors.hanging.script = () => "hang";
    for (const [what, make] of Object.entries(CASES)) {
      const { body, says: expected } = make(collectors);
      says.set(what, expected);
      outcomes.set(what, run(body));
    }
  });
  after(() => Promise.all(Object.values(collectors).map((collector) => collector.close())));

  for (const what of Object.keys(CASES)) {
    it(what, GENEROUS, async () => {
      const { code, output } = await outcomes.get(what)!;
      assert.match(output, says.get(what)!);
      assert.equal(code, 0, output);
    });
  }
});

describe("An exporter in a process with variables", () => {
  it(
    "follows them, each signal its own, and names a bad one without its value",
    GENEROUS,
    async () => {
      const [all, logs] = [
        await new ScriptedCollector().listen(),
        await new ScriptedCollector().listen(),
      ];
      const { code, output } = await run(
        `
      import { diag, DiagConsoleLogger } from "@opentelemetry/api";
      import { LoggerProvider, SimpleLogRecordProcessor } from "@opentelemetry/sdk-logs";
      diag.setLogger(new DiagConsoleLogger());
      const exporter = new otlp.OTLPTraceExporter();
      exporter.export(finishedSpans(5), () => {});
      await exporter.shutdown();
      const logExporter = new otlp.OTLPLogExporter();
      const processors = [new SimpleLogRecordProcessor({ exporter: logExporter })];
      new LoggerProvider({ processors }).getLogger("x").emit({ body: "hello" });
      await logExporter.shutdown();
      new otlp.OTLPMetricExporter();`,
        {
          OTEL_EXPORTER_OTLP_ENDPOINT: all.url,
          OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: `${logs.url}/in`,
          OTEL_EXPORTER_OTLP_HEADERS: "x-tenant=a%20b,x-all=1",
          OTEL_EXPORTER_OTLP_LOGS_HEADERS: "x-all=2",
          OTEL_EXPORTER_OTLP_TIMEOUT: "s3cret",
          OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE: "s3cret",
        },
      );
      await Promise.all([all.close(), logs.close()]);
      assert.equal(code, 0, output);
      const seen = [...all.requests, ...logs.requests].map(({ path, headers }) => [
        path,
        headers["x-tenant"],
        headers["x-all"],
      ]);
      assert.deepEqual(seen, [["/v1/traces", "a b", "1"], ["/in", "a b", "2"]]);
      assert.match(all.requests[0]!.headers["user-agent"] ?? "", /^codex-otel\/\d/);
      assert.match(output, /OTEL_EXPORTER_OTLP_TIMEOUT/);
      assert.match(output, /OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE/);
      assert.doesNotMatch(output, /s3cret/);
    },
  );
});
