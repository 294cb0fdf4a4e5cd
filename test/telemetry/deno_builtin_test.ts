/** Deno's own OpenTelemetry, which other runtimes do not have. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { it } from "node:test";
import { fileURLToPath } from "node:url";
import { otlpReceiver } from "../../src/testing/mod.ts";

const isDeno = "Deno" in globalThis;

it("spans and metrics go to Deno's own providers", { skip: !isDeno }, async () => {
  const receiver = await otlpReceiver();
  const program = fileURLToPath(new URL("./global_provider_program.ts", import.meta.url));
  const child = spawn(process.execPath, ["run", "-A", "--no-check", program], {
    stdio: ["ignore", "ignore", "inherit"],
    timeout: 20_000,
    env: {
      ...process.env,
      OTEL_DENO: "true",
      OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
      OTEL_EXPORTER_OTLP_PROTOCOL: "http/json",
    },
  });
  const code = await new Promise((resolve) => child.on("close", resolve));
  assert.equal(code, 0);
  const turn = receiver.spans.find(({ name }) => name === "invoke_agent codex");
  const tool = receiver.spans.find(({ name }) => name === "execute_tool exec_command cat");
  assert.equal(turn?.scope.name, "@codex-otel/sdk");
  assert.equal(tool?.parentSpanId, turn?.spanId);
  assert.deepEqual(turn?.status, { code: "error", message: "no model" });
  assert.ok(receiver.metrics.some(({ name }) => name === "codex.turn.count"));
  await receiver.close();
});
