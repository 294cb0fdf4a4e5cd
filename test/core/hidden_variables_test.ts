import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { hidingOverrides, withoutTelemetry } from "../../src/core/hidden_variables.ts";

const ENV = {
  PATH: "/bin",
  CODEX_HOME: "/c",
  CODEX_OTLP_HEADERS: "a=b",
  OTEL_EXPORTER_OTLP_HEADERS: "a=b",
  HOTEL_ROOM: "1",
  MY_KEY: "sk-1",
};

describe("the settings of telemetry", () => {
  it("are taken out of an environment", () => {
    const { CODEX_OTLP_HEADERS: _, OTEL_EXPORTER_OTLP_HEADERS: __, ...rest } = ENV;
    assert.deepEqual(withoutTelemetry(ENV), rest);
  });

  it("are kept from the agent's commands, as is whatever holds the API key", () => {
    const empty = (name: string) => `shell_environment_policy.set.${name}=""`;
    const telemetry = ["CODEX_OTLP_HEADERS", "OTEL_EXPORTER_OTLP_HEADERS"].map(empty);
    assert.deepEqual(hidingOverrides({ env: ENV }), telemetry);
    assert.deepEqual(hidingOverrides({ env: ENV, apiKey: "" }), telemetry);
    assert.deepEqual(hidingOverrides({ env: ENV, apiKey: "sk-1" }), [
      empty("CODEX_API_KEY"),
      telemetry[0],
      empty("MY_KEY"),
      telemetry[1],
    ]);
    assert.deepEqual(hidingOverrides({ env: { PATH: "/bin", EMPTY: "" } }), []);
  });
});
