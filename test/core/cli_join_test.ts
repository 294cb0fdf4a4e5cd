import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { claimedByConfig, claimedByOverrides } from "../../src/core/claimed_exporters.ts";
import { cliJoin, type CliJoinInput } from "../../src/core/cli_join.ts";
import { checkCli } from "../../src/core/cli_options.ts";
import type { CodexOptions } from "../../src/core/options.ts";
import type { CollectorFacts } from "../../src/events/sink.ts";

const headers = { authorization: "Bearer a,b=c", "x-tenant": "t" };
const COLLECTOR: CollectorFacts = {
  endpoints: {
    traces: { url: "https://c/v1/traces", headers },
    metrics: { url: "https://c/v1/metrics", headers: {} },
    logs: { url: "https://c/v1/logs", headers: { "x-logs": "1" } },
  },
  resource: {},
};

const override = (key: string, signal: string) =>
  `otel.${key}={otlp-http = {endpoint = "https://c/v1/${signal}", protocol = "json"}}`;
const TRACES = override("trace_exporter", "traces");
const METRICS = override("metrics_exporter", "metrics");
const LOGS = override("exporter", "logs");

function join(input: Partial<CliJoinInput>) {
  return cliJoin({ cli: {}, collector: COLLECTOR, claimed: new Set(), ...input });
}

describe("cliJoin()", () => {
  it("adds nothing that was not asked for", () => {
    assert.deepEqual(join({ cli: { sampler: 0.5 } }), { overrides: [], env: {} });
    assert.deepEqual(join({ cli: { traces: false } }), { overrides: [], env: {} });
  });

  it("names the collector on the command line, and what it wants to see in the environment", () => {
    assert.deepEqual(join({ cli: { traces: true, metrics: true, logs: true } }), {
      overrides: [TRACES, METRICS, LOGS],
      env: {
        OTEL_EXPORTER_OTLP_TRACES_HEADERS: "authorization=Bearer%20a%2Cb%3Dc,x-tenant=t",
        OTEL_EXPORTER_OTLP_LOGS_HEADERS: "x-logs=1",
      },
    });
  });

  it("leaves a signal alone that the user has an exporter for, and its headers away", () => {
    const claimed = new Set(["traces"] as const);
    assert.deepEqual(join({ cli: { traces: true, logs: true }, claimed }), {
      overrides: [LOGS],
      env: { OTEL_EXPORTER_OTLP_LOGS_HEADERS: "x-logs=1" },
    });
    assert.deepEqual(join({ cli: { traces: true }, claimed }), { overrides: [], env: {} });
  });

  it("hands over the paths of certificates", () => {
    const tls = { caFile: "/ca", certFile: "/c", keyFile: "/k" };
    const collector = {
      endpoints: { traces: { url: "https://c/v1/traces", headers: {}, tls } },
      resource: {},
    };
    assert.deepEqual(join({ cli: { traces: true, logs: true }, collector }).overrides, [
      'otel.trace_exporter={otlp-http = {endpoint = "https://c/v1/traces", protocol = "json", ' +
      'tls = {ca-certificate = "/ca", client-certificate = "/c", client-private-key = "/k"}}}',
    ]);
  });

  it("hands over the resource, but for what the CLI says of itself", () => {
    const resource = {
      "service.name": "mine",
      "telemetry.distro.name": "x",
      "team": "a, b;100%",
      "é": "=",
    };
    const { env } = join({ cli: { metrics: true }, collector: { ...COLLECTOR, resource } });
    assert.deepEqual(env, { OTEL_RESOURCE_ATTRIBUTES: "team=a%2C b%3B100%25,é==" });
  });

  it("hands over the sampler", () => {
    const table: [CodexOptions["cli"], Record<string, string>][] = [
      [{ metrics: true, sampler: "always_off" }, { OTEL_TRACES_SAMPLER: "always_off" }],
      [{ metrics: true, sampler: 0.25 }, {
        OTEL_TRACES_SAMPLER: "traceidratio",
        OTEL_TRACES_SAMPLER_ARG: "0.25",
      }],
    ];
    for (const [cli, env] of table) assert.deepEqual(join({ cli: cli! }).env, env);
  });
});

describe("checkCli()", () => {
  it("refuses what is no such option", () => {
    const table: [unknown, RegExp][] = [
      [null, /cli must be an object/],
      [true, /cli must be an object/],
      [{ traces: "yes" }, /cli\.traces must be a boolean/],
      [{ sampler: 2 }, /cli\.sampler must be/],
      [{ sampler: NaN }, /cli\.sampler must be/],
      [{ sampler: "sometimes" }, /cli\.sampler must be/],
    ];
    for (const [cli, message] of table) {
      assert.throws(() => checkCli({ cli } as CodexOptions), { name: "TypeError", message });
    }
    checkCli({});
    checkCli({ cli: { traces: true, sampler: 0 } });
  });

  it("refuses a remote app-server, which is not started here", () => {
    const transport = { url: "ws://127.0.0.1:1" };
    assert.throws(() => checkCli({ cli: { traces: true }, transport }), {
      name: "TypeError",
      message: /remote app-server/,
    });
  });
});

describe("an exporter of the user's", () => {
  it("is found in overrides", () => {
    const table: [string[], string[]][] = [
      [[], []],
      [["model=x", "no equals", "otel.environment='dev'", "nototel.exporter=1"], []],
      [["otel.trace_exporter=none", 'otel.exporter="none"'], []],
      [["otel.trace_exporter.otlp-http.endpoint='x'"], ["traces"]],
      [[' otel . "metrics_exporter" = {statsig={}}'], ["metrics"]],
      [["otel={exporter={otlp-http={}}, trace_exporter='none'}"], ["logs"]],
      [["otel={ metrics_exporter.otlp-http.endpoint = 'x'}"], ["metrics"]],
      [["otel={log_user_prompt=true}"], []],
    ];
    for (const [overrides, signals] of table) {
      assert.deepEqual([...claimedByOverrides(overrides)], signals, overrides.join());
    }
  });

  it("is found in a config.toml", () => {
    const table: [string, string[]][] = [
      ["", []],
      ['model = "x"\n[otel]\nenvironment = "dev"\nlog_user_prompt = true\n', []],
      ['[otel]\nmetrics_exporter = "none" # quiet\n', []],
      ['[otel]\nexporter = { otlp-http = { endpoint = "x" } }', ["logs"]],
      ["[otel.trace_exporter.otlp-grpc]\r\nendpoint='x'\r\n", ["traces"]],
      ["[ otel . 'trace_exporter' ] # mine\n", ["traces"]],
      ["otel.metrics_exporter.otlp-http.endpoint = 'x'\n[model]\nexporter = 'x'", ["metrics"]],
      ["[otel]\n# exporter = 'x'\n[other]\ntrace_exporter = 'x'", []],
      ["otel = { trace_exporter = { otlp-http = {} } }", ["traces"]],
      ["[otel]\nexporter = {\n otlp-http = { endpoint = 'x' }\n}", ["logs"]],
    ];
    for (const [toml, signals] of table) {
      assert.deepEqual([...claimedByConfig(toml)], signals, toml);
    }
  });
});
