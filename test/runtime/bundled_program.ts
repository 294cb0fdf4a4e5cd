import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

/** A program that needs nothing but its runtime. */
export interface BundledProgram {
  readonly path: string;
  cleanup(): Promise<void>;
}

/** Some dependencies are CommonJS, and esbuild gives its ES modules no `require`. */
const REQUIRE = `import { createRequire as createRequireOfBundle } from "node:module";
const require = createRequireOfBundle(import.meta.url);`;

/**
 * Bundles a program of this folder as users do: what is loaded on demand stays in files of its own.
 * So it takes no memory to compile TypeScript or to find packages.
 */
export async function bundleProgram(name: string): Promise<BundledProgram> {
  const outdir = await mkdtemp(join(tmpdir(), "codex-otel-bundled-"));
  await build({
    entryPoints: { program: fileURLToPath(new URL(name, import.meta.url)) },
    bundle: true,
    minify: true,
    splitting: true,
    format: "esm",
    platform: "node",
    target: "node20",
    outdir,
    outExtension: { ".js": ".mjs" },
    banner: { js: REQUIRE },
    logLevel: "error",
  });
  return {
    path: join(outdir, "program.mjs"),
    cleanup: () => rm(outdir, { recursive: true }),
  };
}
