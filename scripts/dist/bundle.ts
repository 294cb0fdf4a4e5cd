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
 * Bundles an unpacked package in place. Each group of entry points is bundled by itself, and shares
 * no file with another group; a group begins with the entry point that is to load fastest.
 * Declarations are left as they are.
 */
export async function bundle(folder: string, groups: readonly string[][]): Promise<void> {
  const bundled = `${folder}-bundled`;
  for (const group of groups) await bundleGroup(folder, { group, outdir: bundled });
  for (const path of readdirSync(folder, { recursive: true, encoding: "utf8" })) {
    if (path.endsWith(".js")) rmSync(join(folder, path));
  }
  cpSync(bundled, folder, { recursive: true });
  rmSync(bundled, { recursive: true });
}

/**
 * What is loaded together becomes one file as far as the entry points allow, and what is loaded on
 * demand stays apart.
 */
async function bundleGroup(
  folder: string,
  { group, outdir }: { group: string[]; outdir: string },
): Promise<void> {
  const graph = await moduleGraph(folder, group);
  await build({
    absWorkingDir: folder,
    entryPoints: group,
    outbase: folder,
    outdir,
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
    plugins: [importing(folder, companions(graph, group))],
    logLevel: "warning",
  });
}

/**
 * Companions that bring modules together. Of what the first entry point loads, all that anything
 * else needs is loaded by everything else, so that it is one file, and the rest is in the file of
 * that entry point. A module on demand is given what all entry points that lead to it have loaded.
 */
export function companions(graph: ModuleGraph, entryPoints: string[]): Companions {
  const modules = Object.keys(graph).sort();
  const onDemand = modules.filter((path) => isOnDemand(graph, path));
  const starts = new Map([...entryPoints, ...onDemand].map((path) => [path, reach(graph, path)]));
  const loadedBy = (path: string) => starts.get(path)!;
  // What one of them alone loads stays in its file.
  const shared = modules.filter((module) =>
    Array.from(starts.values()).filter((loaded) => loaded.has(module)).length > 1
  );
  const [first, ...others] = entryPoints;
  const basics = shared.filter((module) => loadedBy(first!).has(module));
  for (const path of others) for (const module of basics) loadedBy(path).add(module);
  const companionsOf = (path: string) => {
    const leading = entryPoints.filter((entry) =>
      reach(graph, entry, ["import-statement", "dynamic-import"]).has(path)
    );
    return shared.filter((module) => leading.every((entry) => loadedBy(entry).has(module)));
  };
  return new Map([
    ...entryPoints.map((path) => [path, basics] as const),
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
