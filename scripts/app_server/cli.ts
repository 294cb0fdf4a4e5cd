import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import process from "node:process";

const TARGETS: Record<string, string> = {
  "linux-x64": "x86_64-unknown-linux-musl",
  "linux-arm64": "aarch64-unknown-linux-musl",
  "darwin-x64": "x86_64-apple-darwin",
  "darwin-arm64": "aarch64-apple-darwin",
};

/** Path of the installed native CLI. */
export function cliPath(): string {
  const platform = `${process.platform}-${process.arch}`;
  const target = TARGETS[platform];
  if (!target) throw new Error(`no native codex is known for ${platform}`);
  // The native package is a dependency of the launcher's: that is where it is sure to be found.
  const launcher = createRequire(import.meta.url).resolve("@openai/codex/package.json");
  const manifest = createRequire(launcher).resolve(`@openai/codex-${platform}/package.json`);
  return join(dirname(manifest), "vendor", target, "bin", "codex");
}
