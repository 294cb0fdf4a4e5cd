/**
 * Builds the collector of the tests with the OpenTelemetry Collector Builder, unless there is one.
 * Needs Go 1.25 or newer, on the PATH or in /usr/local/go. Prints the path of the collector.
 *
 * Usage: node --import tsx scripts/collector/build.ts
 */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import process from "node:process";
import { buildFolder, findCollector, MANIFEST } from "./find.ts";

const BUILDER = "go.opentelemetry.io/collector/cmd/builder@v0.162.0";

console.log(findCollector() ?? build());

function build(): string {
  const target = buildFolder();
  mkdirSync(dirname(target), { recursive: true });
  // Beside the target, so that a rename puts it there whole or not at all.
  const scratch = mkdtempSync(`${target}-`);
  try {
    go("install", BUILDER);
    const dist = join(scratch, "dist");
    console.error(`building a collector in ${dist}: this takes some minutes`);
    const manifest = readFileSync(MANIFEST, "utf8");
    const placed = join(scratch, "manifest.yaml");
    writeFileSync(placed, manifest.replace(/^dist:$/m, `dist:\n  output_path: ${dist}`));
    run(join(scratch, "bin", "builder"), ["--config", placed]);
    mkdirSync(target, { recursive: true });
    renameSync(join(dist, "otelcol"), join(target, "otelcol"));
    return join(target, "otelcol");
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }

  function go(...args: string[]): void {
    run("go", args);
  }

  function run(command: string, args: string[]): void {
    const PATH = [process.env["PATH"], "/usr/local/go/bin"].join(delimiter);
    // Two packages at a time: the machine is shared with whatever else runs on it.
    const flags = [process.env["GOFLAGS"], "-p=2"].filter(Boolean).join(" ");
    const env = { ...process.env, PATH, GOBIN: join(scratch, "bin"), GOFLAGS: flags };
    execFileSync(command, args, { env, stdio: ["ignore", 2, 2] });
  }
}
