import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { displayUrl, parseEndpoint, signalUrl, splitCredentials } from "../../src/otlp/endpoint.ts";
import { environmentSettings } from "../../src/otlp/environment.ts";
import { checkHeaders, parseHeaders } from "../../src/otlp/headers.ts";
import { parseCompression, parseTimeoutMs } from "../../src/otlp/settings.ts";
import type { Signal } from "../../src/otlp/signal.ts";
import { parseTemporality, temporalitySelector } from "../../src/otlp/temporality.ts";

describe("parseHeaders()", () => {
  const cases: [string, Record<string, string>, string[]][] = [
    ["", {}, []],
    ["a=1", { a: "1" }, []],
    ["a=1,b=2", { a: "1", b: "2" }, []],
    ["a=1;b=2", { a: "1", b: "2" }, []],
    [" A = 1 , ", { a: "1" }, []],
    ["authorization=Bearer abc=,x=y", { authorization: "Bearer abc=", x: "y" }, []],
    ["authorization=Basic%20dXNlcjpwYXNz", { authorization: "Basic dXNlcjpwYXNz" }, []],
    ["a=1%2C2%3B3", { a: "1,2;3" }, []],
    ["alone", { alone: "" }, []],
    ["a=100%", { a: "100%" }, []],
    ["a=1,a=2", { a: "2" }, []],
    ["a b=1,c=2", { c: "2" }, ["(not a header name)"]],
    ["a=line%0Abreak,c=2", { c: "2" }, ["a"]],
    ["=1", {}, ["(not a header name)"]],
  ];
  for (const [text, headers, invalid] of cases) {
    it(`reads ${JSON.stringify(text)}`, () => {
      assert.deepEqual(parseHeaders(text), { headers, invalid });
    });
  }
});

describe("checkHeaders()", () => {
  it("gives names in lower case", () => {
    assert.deepEqual(checkHeaders({ "X-Tenant": "a" }), { "x-tenant": "a" });
  });
  it("throws for a name or value that is not valid HTTP", () => {
    const invalid: [string, string][] = [["a b", "1"], ["a", "1\n2"], ["a", "☃"], [
      "a",
      1 as never,
    ]];
    for (const [name, value] of invalid) {
      assert.throws(() => checkHeaders({ [name]: value }), TypeError);
    }
  });
});

describe("signalUrl()", () => {
  const cases: [string, Signal, string | undefined][] = [
    ["http://h:4318", "traces", "http://h:4318/v1/traces"],
    ["http://h:4318/", "logs", "http://h:4318/v1/logs"],
    ["https://h/otlp/", "metrics", "https://h/otlp/v1/metrics"],
    ["https://h/v1/traces", "traces", "https://h/v1/traces"],
    ["https://h/v1/traces", "logs", "https://h/v1/logs"],
    ["https://h/a/v1/metrics/", "traces", "https://h/a/v1/traces"],
    ["https://h/base?key=1", "traces", "https://h/base/v1/traces?key=1"],
    ["https://h/v1", "traces", "https://h/v1/v1/traces"],
    [" http://h ", "traces", "http://h/v1/traces"],
    ["h:4318", "traces", undefined],
    ["grpc://h", "traces", undefined],
    ["http://", "traces", undefined],
    ["", "traces", undefined],
  ];
  for (const [endpoint, signal, expected] of cases) {
    it(`gives ${expected} for ${signal} at ${JSON.stringify(endpoint)}`, () => {
      assert.equal(signalUrl(endpoint, signal), expected);
    });
  }
});

describe("splitCredentials()", () => {
  it("makes Basic authorization of a user and password in the URL", () => {
    const url = parseEndpoint("https://us%40er:p%C3%A4ss@h/x")!;
    assert.deepEqual(splitCredentials(url), {
      url: "https://h/x",
      authorization: "Basic dXNAZXI6cMOkc3M=",
    });
  });
  it("leaves a URL without credentials alone", () => {
    assert.deepEqual(splitCredentials(parseEndpoint("https://h/x")!), { url: "https://h/x" });
  });
});

describe("displayUrl()", () => {
  it("shows no credentials, query or fragment", () => {
    assert.equal(displayUrl("https://u:p@h:1/x?key=1#f"), "https://h:1/x");
  });
});

describe("parseCompression() and parseTimeoutMs()", () => {
  it("read what is valid and nothing else", () => {
    assert.deepEqual([" GZIP", "none", "deflate", ""].map(parseCompression), [
      "gzip",
      "none",
      undefined,
      undefined,
    ]);
    assert.deepEqual(
      ["1", " 10000 ", "0", "-1", "1.5", "1e3", "", "9999999999"].map(parseTimeoutMs),
      [
        1,
        10000,
        ...Array(6).fill(undefined),
      ],
    );
  });
});

describe("environmentSettings()", () => {
  it("is empty without variables", () => {
    assert.deepEqual(environmentSettings({}, "traces"), { headers: {}, tls: {}, warnings: [] });
  });

  it("takes a signal's own variables before those for all, and merges headers", () => {
    const env = {
      OTEL_EXPORTER_OTLP_ENDPOINT: "http://all:4318",
      OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: "http://logs/in",
      OTEL_EXPORTER_OTLP_HEADERS: "a=1,b=2",
      OTEL_EXPORTER_OTLP_LOGS_HEADERS: "b=3",
      OTEL_EXPORTER_OTLP_TIMEOUT: "5000",
      OTEL_EXPORTER_OTLP_LOGS_TIMEOUT: "700",
      OTEL_EXPORTER_OTLP_COMPRESSION: "none",
      OTEL_EXPORTER_OTLP_CERTIFICATE: "/ca",
      OTEL_EXPORTER_OTLP_LOGS_CLIENT_KEY: "/key",
      OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE: "/cert",
    };
    assert.deepEqual(environmentSettings(env, "logs"), {
      url: "http://logs/in",
      headers: { a: "1", b: "3" },
      timeoutMillis: 700,
      compression: "none",
      tls: { certFile: "/cert", keyFile: "/key", caFile: "/ca" },
      warnings: [],
    });
    const traces = environmentSettings(env, "traces");
    assert.equal(traces.url, "http://all:4318/v1/traces");
    assert.equal(traces.timeoutMillis, 5000);
  });

  it("warns of a value it cannot use, by name, and falls back to the next", () => {
    const env = {
      OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: "secret-host:1",
      OTEL_EXPORTER_OTLP_ENDPOINT: "http://all",
      OTEL_EXPORTER_OTLP_TIMEOUT: "soon",
      OTEL_EXPORTER_OTLP_COMPRESSION: "",
      OTEL_EXPORTER_OTLP_PROTOCOL: "grpc",
      OTEL_EXPORTER_OTLP_HEADERS: "bad name=secret",
    };
    const { url, warnings, timeoutMillis } = environmentSettings(env, "traces");
    assert.equal(url, "http://all/v1/traces");
    assert.equal(timeoutMillis, undefined);
    const named = warnings.map((warning) => /^OTEL_EXPORTER_OTLP_([A-Z_]+)/.exec(warning)?.[1]);
    assert.deepEqual(named, ["TRACES_ENDPOINT", "TIMEOUT", "PROTOCOL", "HEADERS"]);
    assert.doesNotMatch(warnings.join(), /secret/);
  });
});

describe("temporalitySelector()", () => {
  const kinds = [
    "COUNTER",
    "GAUGE",
    "HISTOGRAM",
    "UP_DOWN_COUNTER",
    "OBSERVABLE_COUNTER",
    "OBSERVABLE_GAUGE",
    "OBSERVABLE_UP_DOWN_COUNTER",
  ];
  const cases: [Parameters<typeof temporalitySelector>[0], number[]][] = [
    ["cumulative", [1, 1, 1, 1, 1, 1, 1]],
    ["delta", [0, 0, 0, 1, 0, 0, 1]],
    ["lowmemory", [0, 1, 0, 1, 1, 1, 1]],
    [0, [0, 0, 0, 1, 0, 0, 1]],
    [1, [1, 1, 1, 1, 1, 1, 1]],
    [2, [0, 1, 0, 1, 1, 1, 1]],
  ];
  for (const [preference, expected] of cases) {
    it(`follows the specification for ${preference}`, () => {
      const select = temporalitySelector(preference);
      assert.deepEqual(kinds.map((kind) => select(kind as never)), expected);
    });
  }
  it("throws for what is no preference", () => {
    assert.throws(() => temporalitySelector("sometimes" as never), TypeError);
  });
  it("reads the names of the environment", () => {
    assert.deepEqual(["DELTA ", "LowMemory", "cumulative", "x"].map(parseTemporality), [
      "delta",
      "lowmemory",
      "cumulative",
      undefined,
    ]);
  });
});
