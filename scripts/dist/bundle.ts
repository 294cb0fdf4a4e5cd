/**
 * Bundles the JavaScript of the npm package. A module is a file to find, read and link: under Node
 * fifty of them take longer to import than the whole of the official SDK, which is one file.
 */
import { cpSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { build, type Plugin } from "esbuild";
import { type ModuleGraph, moduleGraph, reach } from "../lib/module_graph.ts";

/** Modules that a module can count on when it is loaded, or is to load as well; by its path. */
export type Companions = ReadonlyMap<string, readonly string[]>;

/**
 * Bundles an unpacked package in place: what is loaded together becomes one file as far as the
 * entry points allow, and what is loaded on demand stays apart. Declarations are left as they are.
 */
export async function bundle(folder: string, entryPoints: string[]): Promise<void> {
  const graph = await moduleGraph(folder, entryPoints);
  const bundled = `${folder}-bundled`;
  await build({
    absWorkingDir: folder,
    entryPoints,
    outbase: folder,
    outdir: bundled,
    chunkNames: "src/chunks/[name]-[hash]",
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "neutral",
    target: "esnext",
    // Comments are in the declarations; here they would be read with each start.
    minifyWhitespace: true,
    lineLimit: 120,
    packages: "external",
    external: ["node:*"],
    plugins: [importing(folder, companions(graph, entryPoints))],
    logLevel: "warning",
  });
  for (const path of readdirSync(folder, { recursive: true, encoding: "utf8" })) {
    if (path.endsWith(".js")) rmSync(join(folder, path));
  }
  cpSync(bundled, folder, { recursive: true });
  rmSync(bundled, { recursive: true });
}

/**
 * Companions that bring modules together: for an entry point what all but one of them load, for a
 * module that is loaded on demand what all entry points that lead to it have loaded by then.
 */
export function companions(graph: ModuleGraph, entryPoints: string[]): Companions {
  const modules = Object.keys(graph).filter((path) => !entryPoints.includes(path)).sort();
  const entries = entryPoints.map((path) => ({
    loaded: reach(graph, path),
    all: reach(graph, path, ["import-statement", "dynamic-import"]),
  }));
  const users = (module: string) => entries.filter(({ loaded }) => loaded.has(module)).length;
  const common = modules.filter((module) => users(module) >= entries.length - 1);
  for (const { loaded } of entries) for (const module of common) loaded.add(module);
  // What one entry point alone loads stays in its file.
  const shared = modules.filter((module) => users(module) > 1);
  const companionsOf = (path: string) => {
    const leading = entries.filter(({ all }) => all.has(path));
    return shared.filter((module) => leading.every(({ loaded }) => loaded.has(module)));
  };
  const onDemand = modules.filter((path) => isOnDemand(graph, path));
  return new Map([
    ...entryPoints.map((path) => [path, common] as const),
    ...onDemand.map((path) => [path, companionsOf(path)] as const),
  ]);
}

function isOnDemand(graph: ModuleGraph, module: string): boolean {
  return Object.values(graph).some(({ imports }) =>
    imports.some(({ path, kind }) => path === module && kind === "dynamic-import")
  );
}

/**
 * Has modules import their companions. esbuild puts modules into one file that are reached from the
 * same places, and would else make a file for each set of places.
 */
function importing(folder: string, all: Companions): Plugin {
  return {
    name: "importing-companions",
    setup({ onLoad, onResolve }) {
      onResolve({ filter: /^companions:/ }, ({ path }) => ({ path, namespace: "companions" }));
      onLoad({ filter: /.*/, namespace: "companions" }, ({ path }) => ({
        contents: all.get(path.slice("companions:".length))!
          .map((module) => `import ${JSON.stringify(`./${module}`)};`).join("\n"),
        resolveDir: folder,
      }));
      onLoad({ filter: /\.js$/ }, ({ path }) => {
        const module = relative(folder, path).replaceAll(sep, "/");
        if (!all.has(module)) return undefined;
        const contents = `${readFileSync(path, "utf8")}\nimport "companions:${module}";\n`;
        return { contents, loader: "js" };
      });
    },
  };
}
