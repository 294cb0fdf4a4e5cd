import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { rmSync, writeFileSync } from "node:fs";
import { describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { ScriptedCollector } from "./scripted_collector.ts";

const HELPERS = JSON.stringify(new URL("./helpers.ts", import.meta.url).href);
const EXPORTERS = JSON.stringify(new URL("../../src/otlp/mod.ts", import.meta.url).href);
const GENEROUS = { timeout: 60_000 };

/** How this runtime runs a TypeScript file. */
function runArguments(file: string): string[] {
  if (process.versions["bun"]) return ["run", file];
  if (process.versions["deno"]) return ["run", "-A", file];
  return ["--import", "tsx", file];
}

/** Runs a script of its own and gives its exit code and what it printed. */
async function run(body: string): Promise<{ code: number | null; output: string }> {
  const file = fileURLToPath(new URL(`./exit_script_${process.pid}.ts`, import.meta.url));
  writeFileSync(
    file,
    `import { OTLPTraceExporter } from ${EXPORTERS};
    import { exported, finishedSpans } from ${HELPERS};\n${body}`,
  );
  try {
    const child = spawn(process.execPath, runArguments(file), {
      stdio: ["ignore", "pipe", "pipe"],
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

describe("A script with an exporter", () => {
  it("ends by itself after a flush", GENEROUS, async () => {
    const collector = await new ScriptedCollector().listen();
    const { code, output } = await run(`
      const exporter = new OTLPTraceExporter({ url: "${collector.url}/v1/traces" });
      exporter.export(finishedSpans(5), () => {});
      await exporter.forceFlush();
      console.log("flushed", exporter.stats().exported);
    `);
    assert.deepEqual([code, output.includes("flushed 5")], [0, true], output);
    await collector.close();
  });

  it("ends by itself while spans wait for a collector that is away", GENEROUS, async () => {
    const { code, output } = await run(`
      const exporter = new OTLPTraceExporter({ url: "http://127.0.0.1:9/v1/traces" });
      await exported(exporter, finishedSpans(5));
      console.log("queued", exporter.stats().queued);
    `);
    assert.deepEqual([code, output.includes("queued 5")], [0, true], output);
  });

  it("stays alive for a flush until the collector is back", GENEROUS, async () => {
    const collector = await new ScriptedCollector().listen();
    collector.script = ({ index }) => index < 1 ? { status: 503 } : undefined;
    const { code, output } = await run(`
      const exporter = new OTLPTraceExporter({ url: "${collector.url}/v1/traces" });
      exporter.export(finishedSpans(5), () => {});
      await exporter.shutdown();
      console.log("exported", exporter.stats().exported);
    `);
    assert.deepEqual([code, output.includes("exported 5")], [0, true], output);
    await collector.close();
  });
});
