import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { it } from "node:test";
import { createTelemetry } from "../../src/telemetry/instance.ts";
import { memoryExporter } from "../../src/telemetry/record_exporters.ts";

/** The OpenTelemetry packages that this process has loaded. */
function loadedPackages(): string[] {
  const files = Object.keys(createRequire(import.meta.url).cache);
  const names = files.map((file) => /@opentelemetry[/\\]([\w-]+)/.exec(file)?.[1]);
  return [...new Set(names.filter((name) => name !== undefined))];
}

it("no OpenTelemetry package is loaded before configure() enables something", async () => {
  const telemetry = createTelemetry({ env: () => Promise.resolve({}) });
  telemetry.attach("a", "app.x", () => {});
  telemetry.emit("app.x");
  await telemetry.configure();
  await telemetry.configure({ enabled: false, exporter: memoryExporter() });
  await telemetry.flush();
  await telemetry.shutdown();
  assert.deepEqual(loadedPackages(), []);

  await telemetry.configure({ enabled: true, exporter: memoryExporter() });
  assert.ok(loadedPackages().includes("sdk-trace"), "the check sees what is loaded");
  await telemetry.shutdown();
});
