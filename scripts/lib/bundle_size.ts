/** How large a program is that a bundler makes of a few lines: minified, and packed by gzip. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { gzipSync } from "node:zlib";
import { build, type BuildOptions, type Plugin } from "esbuild";
import { ROOT } from "./project.ts";

/**
 * `default` is how esbuild, Vite, Rollup and webpack look packages up. `wrangler` is Cloudflare's
 * tool, whose conditions leave `module` out: it takes the CommonJS of `@opentelemetry/api`, of
 * which nothing can be shaken off.
 */
export type Bundler = "default" | "wrangler";

/** A program that is measured. */
export interface SizedProgram {
  /** TypeScript. */
  code: string;
  /** What is run in place of `code` to see what it loads; its own text does not count. */
  use?: string;
  /** Where its packages are; the project by default. */
  folder?: string;
  bundler?: Bundler;
  /** `browser` by default, which is what Workers are to a bundler. */
  platform?: "browser" | "node";
}

/** Modules of Node count for nothing; `undici` is for Node alone and never reached elsewhere. */
const OUTSIDE = ["node:*", "undici", "async_hooks", "events"];

/** Bytes of the whole program in one file, all that it may ever load included. */
export async function bundledSize(program: SizedProgram): Promise<number> {
  return await sizeOf(optionsFor(program));
}

/**
 * Bytes of a program in one file, without what it did not load when it was run. It is run here, in
 * files that are split at each `import()`; what was never asked for is then left out, as a bundler
 * that splits leaves it in files that nobody fetches.
 */
export async function loadedSize(program: SizedProgram): Promise<number> {
  const options = optionsFor(program);
  const loaded = await modulesOnDemand(
    optionsFor({ ...program, code: program.use ?? program.code }),
  );
  return await sizeOf({ ...options, plugins: [leavingOut((path) => !loaded.has(path))] });
}

/** The modules that a program loads by `import()` when it is run. */
async function modulesOnDemand(options: BuildOptions): Promise<Set<string>> {
  const outdir = await mkdtemp(join(tmpdir(), "codex-otel-size-"));
  const world = globalThis as { loadedFiles?: Set<string> };
  try {
    const { metafile } = await build({
      ...options,
      absWorkingDir: ROOT,
      banner: { js: "(globalThis.loadedFiles??=new Set).add(import.meta.url);" },
      splitting: true,
      metafile: true,
      outdir,
      outExtension: { ".js": ".mjs" },
    });
    delete world.loadedFiles;
    await import(pathToFileURL(join(outdir, "stdin.mjs")).href);
    const files = new Set(Array.from(world.loadedFiles!, (url) => basename(url)));
    const entries = Object.entries(metafile.outputs)
      .map(([path, { entryPoint }]) => files.has(basename(path)) ? entryPoint : undefined);
    return new Set(entries.filter((path) => path !== undefined).map((path) => resolve(ROOT, path)));
  } finally {
    delete world.loadedFiles;
    await rm(outdir, { recursive: true });
  }
}

function leavingOut(isLeftOut: (path: string) => boolean): Plugin {
  return {
    name: "leaving-out",
    setup({ onResolve, resolve }) {
      onResolve({ filter: /.*/ }, async ({ path, kind, pluginData, ...from }) => {
        if (kind !== "dynamic-import" || pluginData === "known") return undefined;
        const found = await resolve(path, { ...from, kind, pluginData: "known" });
        return isLeftOut(found.path) ? { path, external: true } : found;
      });
    },
  };
}

async function sizeOf(options: BuildOptions): Promise<number> {
  const { outputFiles } = await build({ ...options, write: false });
  return gzipSync(outputFiles[0]!.contents, { level: 9 }).byteLength;
}

function optionsFor({ code, folder, bundler, platform = "browser" }: SizedProgram): BuildOptions {
  return {
    stdin: { contents: code, resolveDir: folder ?? ROOT, loader: "ts" },
    bundle: true,
    minify: true,
    format: "esm",
    target: "esnext",
    legalComments: "none",
    platform,
    external: OUTSIDE,
    outdir: "unused",
    logLevel: "error",
    ...(bundler === "wrangler" ? { conditions: ["workerd", "worker", "browser"] } : {}),
  };
}
