/** Prints the OpenTelemetry packages loaded before and after `configure()` enables something. */
import { createRequire } from "node:module";
import { createTelemetry, memoryExporter } from "../../mod.ts";

function loadedPackages(): string[] {
  const files = Object.keys(createRequire(import.meta.url).cache);
  const names = files.map((file) => /@opentelemetry[/\\]([\w-]+)/.exec(file)?.[1]);
  return [...new Set(names.filter((name) => name !== undefined))];
}

const telemetry = createTelemetry();
telemetry.attach("a", "app.x", () => {});
telemetry.emit("app.x");
await telemetry.configure({ env: {} });
await telemetry.configure({ enabled: false, exporter: memoryExporter() });
await telemetry.flush();
await telemetry.shutdown();
const before = loadedPackages();
await telemetry.configure({ env: {}, enabled: true, exporter: memoryExporter() });
await telemetry.shutdown();
console.log(JSON.stringify({ before, after: loadedPackages() }));
