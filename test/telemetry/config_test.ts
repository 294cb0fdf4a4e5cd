import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { isCodexError } from "../../src/errors.ts";
import { resolveSettings } from "../../src/telemetry/config.ts";
import type { ConfigureOptions } from "../../src/telemetry/options.ts";
import { memoryExporter } from "../../src/telemetry/record_exporters.ts";
import type { Settings } from "../../src/telemetry/settings.ts";

type Env = Record<string, string>;

/** The settings of telemetry that is on. */
function settingsOf(options: ConfigureOptions, env: Env = {}): Settings {
  const { settings } = resolveSettings({ enabled: true, ...options }, env);
  assert.ok(settings, "telemetry is on");
  return settings;
}

/** What the OTLP exporter is told. */
function otlpOf(options: ConfigureOptions, env: Env = {}) {
  const { traces } = settingsOf(options, env);
  return traces?.kind === "otlp" ? traces.target : assert.fail();
}

describe("resolveSettings(), on or off", () => {
  const cases: [what: string, options: ConfigureOptions, env: Env, on: boolean][] = [
    ["off by default", {}, {}, false],
    ["off with an endpoint alone", {}, { CODEX_OTLP_ENDPOINT: "pid://local" }, false],
    ["off with an exporter alone", { exporter: memoryExporter() }, {}, false],
    ...["1", "true", "yes", "on", "TRUE", " On "].map((value): typeof cases[number] => [
      `on with CODEX_OTLP_ENABLE=${value}`,
      {},
      { CODEX_OTLP_ENABLE: value },
      true,
    ]),
    ...["0", "false", "no", "off", "OFF", "", "2", "enable"].map((value): typeof cases[number] => [
      `off with CODEX_OTLP_ENABLE=${value}`,
      {},
      { CODEX_OTLP_ENABLE: value },
      false,
    ]),
    ["on by the option", { enabled: true }, {}, true],
    ["off by the option, whatever the environment says", { enabled: false }, {
      CODEX_OTLP_ENABLE: "1",
    }, false],
    ["off by the operator, whatever the program says", { enabled: true }, {
      CODEX_OTLP_ENABLE: "no",
    }, false],
    ["on by the option where the environment says nothing that counts", { enabled: true }, {
      CODEX_OTLP_ENABLE: "maybe",
    }, true],
    ["off with OTEL_SDK_DISABLED=true", { enabled: true }, { OTEL_SDK_DISABLED: "True" }, false],
    ["on with any other OTEL_SDK_DISABLED", { enabled: true }, { OTEL_SDK_DISABLED: "1" }, true],
    ["off with OTEL_TRACES_EXPORTER=none", { enabled: true }, {
      OTEL_TRACES_EXPORTER: "none",
    }, false],
    [
      "on with OTEL_TRACES_EXPORTER=otlp",
      { enabled: true },
      { OTEL_TRACES_EXPORTER: "otlp" },
      true,
    ],
    ["on with an exporter it does not know", { enabled: true }, {
      OTEL_TRACES_EXPORTER: "zipkin",
    }, true],
  ];
  for (const [what, options, env, on] of cases) {
    it(`is ${what}`, () => {
      assert.equal(resolveSettings(options, env).settings !== undefined, on);
    });
  }
});

describe("resolveSettings(), from bindings of a Worker", () => {
  it("reads texts, numbers and booleans, and leaves the rest alone", () => {
    const untouched = () => assert.fail("it was read");
    const bindings = {
      CODEX_OTLP_ENABLE: true,
      CODEX_OTLP_ENDPOINT: "http://localhost:4318",
      OTEL_METRIC_EXPORT_INTERVAL: 5000,
      OTEL_SERVICE_NAME: { get: untouched },
      CODEX_OTLP_CERTFILE: untouched,
      get STORE(): never {
        return untouched();
      },
    };
    const { settings, warnings } = resolveSettings({}, bindings);
    assert.deepEqual(warnings, []);
    assert.equal(settings?.metricIntervalMs, 5000);
    assert.equal(settings?.resource["service.name"], "codex-otel");
    const { traces } = settings!;
    assert.equal(traces?.kind === "otlp" && traces.target.options.tls, undefined);
  });
});

describe("resolveSettings(), destination", () => {
  const otel = { OTEL_EXPORTER_OTLP_ENDPOINT: "http://otel:1" };
  const urls: [what: string, options: ConfigureOptions, env: Env, url: string][] = [
    ["the standard port", {}, {}, "http://localhost:4318/v1/traces"],
    ["OTEL_EXPORTER_OTLP_ENDPOINT", {}, otel, "http://otel:1/v1/traces"],
    ["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT as it is", {}, {
      ...otel,
      OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: "http://traces:2/x",
    }, "http://traces:2/x"],
    ["CODEX_OTLP_ENDPOINT before them", {}, {
      OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: "http://traces:2/x",
      CODEX_OTLP_ENDPOINT: "https://codex:3/base/",
    }, "https://codex:3/base/v1/traces"],
    ["a full signal URL in CODEX_OTLP_ENDPOINT", {}, {
      CODEX_OTLP_ENDPOINT: "https://codex:3/v1/traces",
    }, "https://codex:3/v1/traces"],
    ["the option before all", { endpoint: "http://option:4" }, {
      CODEX_OTLP_ENDPOINT: "https://codex:3",
    }, "http://option:4/v1/traces"],
    ["the option before a variable that is wrong", { endpoint: "http://option:4" }, {
      CODEX_OTLP_ENDPOINT: "nonsense",
    }, "http://option:4/v1/traces"],
    ["the default where CODEX_OTLP_ENDPOINT is empty", {}, {
      CODEX_OTLP_ENDPOINT: " ",
    }, "http://localhost:4318/v1/traces"],
  ];
  for (const [what, options, env, url] of urls) {
    it(`exports to ${what}`, () => assert.equal(otlpOf(options, env).url, url));
  }

  for (const endpoint of ["pid://local", "memory://local", "PID://LOCAL"]) {
    it(`keeps spans in memory for ${endpoint}`, () => {
      const expected = { kind: "memory", endpoint: endpoint.toLowerCase() };
      assert.deepEqual(settingsOf({ endpoint }).traces, expected);
      assert.deepEqual(
        settingsOf({}, { CODEX_OTLP_ENDPOINT: endpoint }).traces,
        expected,
      );
    });
  }

  it("prefers the host's provider to an exporter, and an exporter to an endpoint", () => {
    const exporter = memoryExporter();
    const tracerProvider = { getTracer: () => assert.fail() };
    const kinds = [
      settingsOf({ exporter, endpoint: "http://x" }),
      settingsOf({ exporter, useGlobal: true }),
      settingsOf({ exporter, useGlobal: true, tracerProvider }),
    ].map(({ traces }) => traces);
    assert.deepEqual(kinds, [
      { kind: "exporter", exporter },
      { kind: "provider", provider: "global" },
      { kind: "provider", provider: tracerProvider },
    ]);
  });

  const bad: [setting: string, options: ConfigureOptions, env: Env][] = [
    ["CODEX_OTLP_ENDPOINT", {}, { CODEX_OTLP_ENDPOINT: "collector.secret:4318" }],
    ["CODEX_OTLP_ENDPOINT", {}, { CODEX_OTLP_ENDPOINT: "grpc://secret:4317" }],
    ["endpoint", { endpoint: "http://" }, { CODEX_OTLP_ENDPOINT: "http://good" }],
  ];
  for (const [setting, options, env] of bad) {
    it(`fails for ${JSON.stringify({ ...options, ...env })}, naming ${setting} only`, () => {
      assert.throws(() => settingsOf(options, env), (error) => {
        assert.ok(isCodexError(error, "telemetry_config"));
        assert.equal(error.details.setting, setting);
        assert.equal(error.message.includes("secret"), false);
        return true;
      });
    });
  }
});

describe("resolveSettings(), the exporter's options", () => {
  const headers: [what: string, options: ConfigureOptions, env: Env, expected: unknown][] = [
    ["none by default", {}, {}, {}],
    ["those of OTEL_EXPORTER_OTLP_HEADERS", {}, {
      OTEL_EXPORTER_OTLP_HEADERS: "a=1",
      OTEL_EXPORTER_OTLP_TRACES_HEADERS: "b=2",
    }, { a: "1", b: "2" }],
    ["those of CODEX_OTLP_HEADERS alone", {}, {
      OTEL_EXPORTER_OTLP_HEADERS: "a=1",
      CODEX_OTLP_HEADERS: "authorization=Bearer%20a=b;tenant-id = codex ,empty",
    }, { authorization: "Bearer a=b", "tenant-id": "codex", empty: "" }],
    ["those of the option alone", { headers: { x: "y" } }, { CODEX_OTLP_HEADERS: "a=1" }, {
      x: "y",
    }],
  ];
  for (const [what, options, env, expected] of headers) {
    it(`sends headers: ${what}`, () => {
      assert.deepEqual(otlpOf(options, env).options.headers, expected);
    });
  }

  const otelTls = {
    OTEL_EXPORTER_OTLP_CERTIFICATE: "/otel/ca",
    OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE: "/otel/cert",
    OTEL_EXPORTER_OTLP_CLIENT_KEY: "/otel/key",
  };
  const tls: [what: string, options: ConfigureOptions, env: Env, expected: unknown][] = [
    ["none by default", {}, {}, undefined],
    ["of the standard variables", {}, otelTls, {
      caFile: "/otel/ca",
      certFile: "/otel/cert",
      keyFile: "/otel/key",
    }],
    ["of CODEX_OTLP_*, as a whole", {}, {
      ...otelTls,
      CODEX_OTLP_CERTFILE: "/c",
      CODEX_OTLP_KEYFILE: "/k",
    }, { certFile: "/c", keyFile: "/k" }],
    ["with CODEX_OTLP_CACERTFILE", {}, {
      CODEX_OTLP_CACERTFILE: "/a",
      CODEX_OTLP_CA_CERTFILE: "/b",
    }, { caFile: "/a" }],
    ["with CODEX_OTLP_CA_CERTFILE", {}, { CODEX_OTLP_CA_CERTFILE: "/b" }, { caFile: "/b" }],
    ["of the option, as a whole", { tls: { ca: "PEM" } }, { CODEX_OTLP_CERTFILE: "/c" }, {
      ca: "PEM",
    }],
  ];
  for (const [what, options, env, expected] of tls) {
    it(`uses certificates: ${what}`, () => {
      assert.deepEqual(otlpOf(options, env).options.tls, expected);
    });
  }

  it("takes timeout and compression from options, then from the environment", () => {
    const env = { OTEL_EXPORTER_OTLP_TIMEOUT: "500", OTEL_EXPORTER_OTLP_COMPRESSION: "none" };
    const pick = (options: ConfigureOptions) => {
      const { timeoutMillis, compression } = otlpOf(options, env).options;
      return [timeoutMillis, compression];
    };
    assert.deepEqual(pick({}), [500, "none"]);
    assert.deepEqual(pick({ timeoutMs: 7, compression: "gzip" }), [7, "gzip"]);
  });
});

describe("resolveSettings(), signals", () => {
  const meterProvider = { getMeter: () => assert.fail() };
  const loggerProvider = { getLogger: () => assert.fail() };
  const both = { OTEL_METRICS_EXPORTER: "otlp", OTEL_LOGS_EXPORTER: "otlp,console" };
  const cases: [what: string, options: ConfigureOptions, env: Env, expected: string[]][] = [
    ["traces by default", {}, {}, ["traces"]],
    ["what the variables say", {}, both, ["traces", "metrics", "logs"]],
    ["not what they say none of", {}, { ...both, OTEL_TRACES_EXPORTER: "none" }, [
      "metrics",
      "logs",
    ]],
    ["nothing by a name it does not know", {}, { OTEL_LOGS_EXPORTER: "kafka" }, ["traces"]],
    ["what the option says, whatever the variables say", { signals: ["logs"] }, both, ["logs"]],
    ["what a provider is given for", { meterProvider, loggerProvider }, {}, [
      "traces",
      "metrics",
      "logs",
    ]],
    [
      "not what the option leaves out, provider or not",
      { meterProvider, signals: ["traces"] },
      {},
      [
        "traces",
      ],
    ],
    ["spans alone where there is only memory", { endpoint: "pid://local" }, both, ["traces"]],
  ];
  for (const [what, options, env, expected] of cases) {
    it(`exports ${what}`, () => assert.deepEqual(settingsOf(options, env).signals, expected));
  }

  it("sends each signal to its own URL", () => {
    const urls = (options: ConfigureOptions, env: Env = {}) => {
      const { traces, metrics, logs } = settingsOf(options, { ...both, ...env });
      return [traces, metrics, logs].map((to) => to?.kind === "otlp" ? to.target.url : to?.kind);
    };
    const at = (base: string) => ["traces", "metrics", "logs"].map((name) => `${base}/v1/${name}`);
    assert.deepEqual(urls({ endpoint: "http://a:1/v1/traces" }), at("http://a:1"));
    assert.deepEqual(urls({}, { CODEX_OTLP_ENDPOINT: "http://b:2" }), at("http://b:2"));
    assert.deepEqual(
      urls({}, {
        OTEL_EXPORTER_OTLP_ENDPOINT: "http://c:3",
        OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: "http://logs:4/in",
      }),
      [...at("http://c:3").slice(0, 2), "http://logs:4/in"],
    );
    assert.deepEqual(urls({ useGlobal: true }).slice(0, 2), ["provider", "provider"]);
  });

  it("is off where no signal has a destination", () => {
    const options = { enabled: true, endpoint: "pid://local", signals: ["metrics"] } as const;
    const { settings, warnings } = resolveSettings(options, {});
    assert.equal(settings, undefined);
    assert.deepEqual(warnings, ["The memory endpoint keeps spans only; there are no metrics."]);
  });
});

describe("resolveSettings(), the rest", () => {
  it("chooses the processor", () => {
    const processor = (options: ConfigureOptions, value: string) =>
      settingsOf(options, { CODEX_OTLP_PROCESSOR: value }).processor;
    assert.deepEqual(
      [processor({}, ""), processor({}, "Batch"), processor({ processor: "simple" }, "batch")],
      ["simple", "batch", "simple"],
    );
  });

  const samplers: [env: Env, expected: [string, number, boolean]][] = [
    [{}, ["always_on", 1, true]],
    [{ OTEL_TRACES_SAMPLER: "always_off" }, ["always_off", 1, false]],
    [{ OTEL_TRACES_SAMPLER: "parentbased_always_off" }, ["always_off", 1, true]],
    [{ OTEL_TRACES_SAMPLER: "traceidratio", OTEL_TRACES_SAMPLER_ARG: "0.25" }, [
      "traceidratio",
      0.25,
      false,
    ]],
    [{ OTEL_TRACES_SAMPLER: "parentbased_traceidratio" }, ["traceidratio", 1, true]],
    [{ OTEL_TRACES_SAMPLER: "traceidratio", OTEL_TRACES_SAMPLER_ARG: "7" }, [
      "traceidratio",
      1,
      false,
    ]],
    [{ OTEL_TRACES_SAMPLER: "jaeger_remote" }, ["always_on", 1, true]],
  ];
  for (const [env, [root, ratio, parentBased]] of samplers) {
    it(`samples as ${JSON.stringify(env)} says`, () => {
      assert.deepEqual(settingsOf({}, env).sampler, { root, ratio, parentBased });
    });
  }

  it("merges the resource, the option before the service name before the attributes", () => {
    const env = {
      OTEL_RESOURCE_ATTRIBUTES: "service.name=a,deployment.environment.name=de%20v, k = v ",
      OTEL_SERVICE_NAME: "b",
    };
    const { "telemetry.distro.version": version, ...resource } = settingsOf({}, env).resource;
    assert.equal(typeof version, "string");
    assert.deepEqual(resource, {
      "service.name": "b",
      "telemetry.distro.name": "@codex-otel/sdk",
      "deployment.environment.name": "de v",
      k: "v",
    });
    const named = settingsOf({ resource: { "service.name": "c" } }, env).resource;
    assert.equal(named["service.name"], "c");
    assert.equal(settingsOf({}).resource["service.name"], "codex-otel");
  });

  it("chooses the names of attributes", () => {
    const optIn = { OTEL_SEMCONV_STABILITY_OPT_IN: "http, gen_ai_latest_experimental" };
    assert.equal(settingsOf({}).semconv, "default");
    assert.equal(settingsOf({}, optIn).semconv, "gen_ai_latest_experimental");
    assert.equal(settingsOf({ semconv: "default" }, optIn).semconv, "default");
  });

  const warned: [env: Env, expected: string][] = [
    [{ CODEX_OTLP_ENABLE: "secret" }, "CODEX_OTLP_ENABLE is neither on nor off and is ignored."],
    [{ CODEX_OTLP_PROCESSOR: "secret" }, "CODEX_OTLP_PROCESSOR is neither simple nor batch;"],
    [{ CODEX_OTLP_HEADERS: "a b=secret" }, "CODEX_OTLP_HEADERS: the header"],
    [{ OTEL_TRACES_EXPORTER: "secret" }, "OTEL_TRACES_EXPORTER names no exporter"],
    [{ OTEL_TRACES_SAMPLER: "secret" }, "OTEL_TRACES_SAMPLER is no known sampler;"],
    [
      { OTEL_TRACES_SAMPLER: "traceidratio", OTEL_TRACES_SAMPLER_ARG: "secret" },
      "OTEL_TRACES_SAMPLER_ARG is no number",
    ],
    [{ OTEL_METRIC_EXPORT_INTERVAL: "secret" }, "OTEL_METRIC_EXPORT_INTERVAL is no number"],
    [
      { OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE: "secret" },
      "OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE is not known",
    ],
    [{ OTEL_RESOURCE_ATTRIBUTES: "secret" }, "OTEL_RESOURCE_ATTRIBUTES is malformed"],
    [{ OTEL_EXPORTER_OTLP_TIMEOUT: "secret" }, "OTEL_EXPORTER_OTLP_TIMEOUT"],
    [{ OTEL_EXPORTER_OTLP_PROTOCOL: "grpc" }, "OTEL_EXPORTER_OTLP_PROTOCOL"],
    [{ OTEL_METRICS_EXPORTER: "secret" }, "OTEL_METRICS_EXPORTER names no exporter"],
    [{ OTEL_LOGS_EXPORTER: "secret" }, "OTEL_LOGS_EXPORTER names no exporter"],
    [{ OTEL_SDK_DISABLED: "secret" }, "OTEL_SDK_DISABLED is neither true nor false"],
    [
      { OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT: "secret" },
      "OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT is neither on nor off",
    ],
  ];
  for (const signal of ["", "TRACES_", "METRICS_", "LOGS_"]) {
    const all = { OTEL_METRICS_EXPORTER: "otlp", OTEL_LOGS_EXPORTER: "otlp" };
    for (const name of ["ENDPOINT", "HEADERS", "TIMEOUT", "COMPRESSION", "PROTOCOL"]) {
      const variable = `OTEL_EXPORTER_OTLP_${signal}${name}`;
      const value = name === "HEADERS" ? "a b=secret" : "secret";
      warned.push([{ ...all, [variable]: value }, variable]);
    }
  }
  for (const [env, expected] of warned) {
    it(`warns of ${Object.keys(env).at(-1)} without its value, and goes on`, () => {
      const { warnings, settings } = resolveSettings({ enabled: true }, env);
      assert.ok(settings);
      assert.equal(warnings.length, 1);
      assert.ok(warnings[0]?.startsWith(expected), warnings[0]);
      assert.equal(warnings[0]?.includes("secret"), false);
    });
  }

  it("has nothing to warn of in an ordinary environment", () => {
    const env = { CODEX_OTLP_ENABLE: "1", CODEX_OTLP_ENDPOINT: "http://x", PATH: "/bin" };
    assert.deepEqual(resolveSettings({}, env).warnings, []);
  });
});
